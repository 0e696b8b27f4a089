/** Prices: the API counts in a currency's smallest unit, people write in its whole one. */

function formatter(currency: string, locale: string): Intl.NumberFormat | null {
  try {
    return new Intl.NumberFormat(locale, { style: "currency", currency });
  } catch {
    // The browser knows no such currency.
    return null;
  }
}

function digits(currency: string): number {
  return formatter(currency, "en")?.resolvedOptions().maximumFractionDigits ?? 2;
}

export function formatPrice(amount: number, currency: string, locale: string): string {
  const whole = amount / 10 ** digits(currency);
  return formatter(currency, locale)?.format(whole) ?? `${whole} ${currency}`;
}

/** What a field shows for an amount: "150.50". */
export function priceToField(amount: number, currency: string): string {
  return (amount / 10 ** digits(currency)).toFixed(digits(currency));
}

/** The amount that a field means; null when it is no price in this currency. A comma or a point parts the cents. */
export function priceFromField(value: string, currency: string): number | null {
  const match = /^(\d{1,10})(?:[.,](\d+))?$/.exec(value.trim());
  if (!match) return null;
  const cents = match[2] ?? "";
  const known = digits(currency);
  if (cents.length > known) return null;
  return Number(`${match[1]}${cents.padEnd(known, "0")}`);
}
