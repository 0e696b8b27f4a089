/** JSON to look at: indented when it is JSON, as it came otherwise. */
export function Raw({ value, label }: { value: unknown; label: string }) {
  return (
    <section aria-label={label}>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
        className="max-h-72 overflow-auto rounded-[6px] border border-line bg-bg p-2 font-mono text-xs"
      >
        {typeof value === "string" ? indented(value) : JSON.stringify(value, null, 2)}
      </pre>
    </section>
  );
}

/** By its text, not its value: numbers longer than JavaScript's keep their digits. */
function indented(json: string): string {
  try {
    const parsed: unknown = JSON.parse(json);
    const long = /(?<![\w."])\d{16,}(?![\w"])/.test(json);
    return long ? json : JSON.stringify(parsed, null, 2);
  } catch {
    return json;
  }
}
