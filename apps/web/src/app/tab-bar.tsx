/** Links to the pages of a section; on a narrow screen the one that is open is scrolled into view. */
import { useLocation } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef } from "react";

export function TabBar({
  label,
  className,
  children,
}: {
  label: string;
  className: string;
  children: ReactNode;
}) {
  const bar = useRef<HTMLElement>(null);
  const path = useLocation({ select: (location) => location.pathname });
  useEffect(() => {
    const links = [...(bar.current?.querySelectorAll("a") ?? [])];
    const open = links.find((link) => link.pathname === path);
    open?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [path]);
  return (
    <nav ref={bar} aria-label={label} className={className}>
      {children}
    </nav>
  );
}
