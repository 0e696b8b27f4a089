/** An order from the catalogue, and the product a question is about. */
import { ShoppingBag } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Message } from "@/api/types";
import { child, list, number, text } from "../payload";

interface Item {
  product: string;
  quantity: number;
  price: number | null;
  currency: string;
}

function itemsOf(payload: unknown): Item[] {
  return list(child(payload, "order"), "product_items").map((item) => ({
    product: text(item, "product_retailer_id") ?? "–",
    quantity: number(item, "quantity") ?? 1,
    price: number(item, "item_price"),
    currency: text(item, "currency") ?? "",
  }));
}

/** WhatsApp sends no total; an order may mix currencies. */
function totalsOf(items: Item[]): [string, number][] {
  const totals = new Map<string, number>();
  for (const { price, quantity, currency } of items) {
    if (price !== null) totals.set(currency, (totals.get(currency) ?? 0) + price * quantity);
  }
  return [...totals];
}

function money(amount: number, currency: string, locale: string): string {
  try {
    return new Intl.NumberFormat(locale, { style: "currency", currency }).format(amount);
  } catch {
    // A word that is no currency.
    const plain = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 }).format(amount);
    return currency ? `${plain} ${currency}` : plain;
  }
}

export function OrderContent({ message }: { message: Message }) {
  const { t, i18n } = useTranslation();
  const items = itemsOf(message.payload);
  const note = text(child(message.payload, "order"), "text") ?? message.text;
  return (
    <div className="grid gap-1">
      <p className="flex items-center gap-1.5 font-medium">
        <ShoppingBag aria-hidden className="size-4 shrink-0 text-accent" />
        {t("content.order", { count: items.reduce((sum, item) => sum + item.quantity, 0) })}
      </p>
      {items.length > 0 && (
        <table className="w-full text-list">
          <thead className="sr-only">
            <tr>
              <th>{t("content.product")}</th>
              <th>{t("content.quantity")}</th>
              <th>{t("content.price")}</th>
            </tr>
          </thead>
          <tbody>
            {items.map((item, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a product may be there twice
              <tr key={index} className="border-t border-line align-top">
                <td className="py-1 pr-3 wrap-anywhere">{item.product}</td>
                <td className="tabular py-1 pr-3 text-right whitespace-nowrap text-muted">
                  {item.quantity} ×
                </td>
                <td className="tabular py-1 text-right whitespace-nowrap">
                  {item.price === null ? "–" : money(item.price, item.currency, i18n.language)}
                </td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            {totalsOf(items).map(([currency, total]) => (
              <tr key={currency} className="border-t border-line font-semibold">
                <th scope="row" colSpan={2} className="py-1 pr-3 text-left font-semibold">
                  {t("content.total")}
                </th>
                <td className="tabular py-1 text-right whitespace-nowrap">
                  {money(total, currency, i18n.language)}
                </td>
              </tr>
            ))}
          </tfoot>
        </table>
      )}
      {note && <p className="border-t border-line pt-1 whitespace-pre-wrap">{note}</p>}
    </div>
  );
}

export function ProductLine({ id }: { id: string | null }) {
  const { t } = useTranslation();
  return (
    <p className="mb-1 flex items-start gap-2 rounded-[6px] border-l-2 border-accent bg-bg/70 px-2 py-1 text-list">
      <ShoppingBag aria-hidden className="mt-0.5 size-4 shrink-0 text-muted" />
      <span className="min-w-0">
        <span className="block text-muted">{t("content.aboutProduct")}</span>
        {id && <span className="block font-mono">{id}</span>}
      </span>
    </p>
  );
}
