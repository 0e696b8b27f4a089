/** A link that leaves the desk: in a new tab, telling nothing of where it was followed from. */
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

export function OutLink({ href, children }: { href: string; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <a
      href={href}
      target="_blank"
      rel="noreferrer noopener"
      className="inline-flex min-h-6 items-center gap-1 font-medium text-accent underline-offset-2 hover:underline"
    >
      {children}
      <span className="sr-only">{t("content.newTab")}</span>
    </a>
  );
}
