/** Words that open something; what is inside does not exist until then, so that no file is fetched for nobody. */
import { type ReactNode, useState } from "react";

export function Disclosure({ label, children }: { label: string; children: ReactNode }) {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="w-fit rounded-[4px] text-xs text-muted hover:text-ink">{label}</summary>
      {open && <div className="pt-1">{children}</div>}
    </details>
  );
}
