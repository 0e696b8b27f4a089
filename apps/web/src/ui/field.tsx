/** Form fields: label, control, hint and error tied together for everybody, screen readers included. */
import { type ComponentProps, type ReactNode, useId } from "react";
import { cn } from "@/lib/cn";

const CONTROL =
  "w-full rounded-md border border-line bg-surface px-3 text-ink transition-colors duration-150 hover:border-muted/60 disabled:cursor-not-allowed disabled:bg-raised disabled:text-muted aria-invalid:border-bad max-sm:text-[16px]";

export function Input({ className, ...rest }: ComponentProps<"input">) {
  return <input className={cn(CONTROL, "h-9", className)} {...rest} />;
}

export function TextArea({ className, rows = 4, ...rest }: ComponentProps<"textarea">) {
  return <textarea rows={rows} className={cn(CONTROL, "resize-y py-2", className)} {...rest} />;
}

export function Select({ className, ...rest }: ComponentProps<"select">) {
  return <select className={cn(CONTROL, "h-9 pr-8", className)} {...rest} />;
}

interface FieldProps {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
  children: (props: {
    id: string;
    "aria-invalid": boolean | undefined;
    "aria-describedby": string | undefined;
  }) => ReactNode;
}

export function Field({ label, hint, error, children }: FieldProps) {
  const id = useId();
  const noteId = `${id}-note`;
  return (
    <div className="grid content-start gap-1">
      <label htmlFor={id} className="text-list font-medium">
        {label}
      </label>
      {children({
        id,
        "aria-invalid": error ? true : undefined,
        "aria-describedby": error || hint ? noteId : undefined,
      })}
      {error ? (
        <p id={noteId} role="alert" className="text-list text-bad">
          {error}
        </p>
      ) : hint ? (
        <p id={noteId} className="text-list text-muted">
          {hint}
        </p>
      ) : null}
    </div>
  );
}

export function Check({ label, hint, ...rest }: ComponentProps<"input"> & { label: string; hint?: string }) {
  const id = useId();
  return (
    <div className="flex items-start gap-2">
      <input id={id} type="checkbox" className="mt-0.5 size-4 shrink-0 accent-(--accent)" {...rest} />
      <label htmlFor={id} className="min-w-0">
        {label}
        {hint && <span className="block text-list text-muted">{hint}</span>}
      </label>
    </div>
  );
}
