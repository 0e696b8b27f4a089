/** The shape of a page that is not the inbox: heading, actions, content. */
import type { ReactNode } from "react";
import { Skeleton, SkeletonRows } from "./states";

interface PageProps {
  title: string;
  text?: string;
  actions?: ReactNode;
  children: ReactNode;
}

export function Page({ title, text, actions, children }: PageProps) {
  return (
    <div className="mx-auto w-full max-w-5xl px-4 py-6 sm:px-6">
      <header className="mb-4 flex flex-wrap items-end justify-between gap-3">
        <div className="min-w-0">
          <h1 className="text-xl leading-7 font-semibold">{title}</h1>
          {text && <p className="mt-0.5 max-w-[68ch] text-muted">{text}</p>}
        </div>
        {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

export function Card({ title, children }: { title?: string; children: ReactNode }) {
  return (
    <section className="overflow-hidden rounded-md border border-line bg-surface">
      {title && <h2 className="border-b border-line px-4 py-2.5 font-semibold">{title}</h2>}
      {children}
    </section>
  );
}

/** A page whose code is still on its way. */
export function PageSkeleton() {
  return (
    <div className="mx-auto w-full max-w-5xl px-4 py-6 sm:px-6">
      <Skeleton className="mb-4 h-7 w-40" />
      <Card>
        <SkeletonRows />
      </Card>
    </div>
  );
}
