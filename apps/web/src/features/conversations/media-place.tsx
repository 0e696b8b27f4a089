/** Places of a fixed shape, so that nothing jumps when a file comes. */
import type { ReactNode } from "react";
import { cn } from "@/lib/cn";

export const PLACE: Record<string, string> = {
  image: "aspect-[4/3] w-72",
  video: "aspect-video w-72",
  sticker: "size-32",
  audio: "h-12 w-72",
  document: "h-14 w-72",
};

interface PlaceProps {
  type: string;
  className?: string;
  children?: ReactNode;
}

export function Place({ type, children, className }: PlaceProps) {
  return (
    <div
      className={cn(
        "my-1 flex max-w-full items-center justify-center gap-2 overflow-hidden rounded-[6px] bg-bg/70 text-list text-muted",
        PLACE[type] ?? PLACE["document"],
        className,
      )}
    >
      {children}
    </div>
  );
}
