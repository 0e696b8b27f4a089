/** Chips and small marks: always a word, the colour only helps. */
import type { ReactNode } from "react";
import { cn } from "@/lib/cn";
import { hueOf, initials } from "@/lib/names";

const TONES = {
  neutral: "border-line bg-raised text-ink",
  accent: "border-accent/40 bg-surface text-accent",
  ok: "border-ok/40 bg-surface text-ok",
  warn: "border-warn/40 bg-surface text-warn",
  bad: "border-bad/40 bg-surface text-bad",
} as const;

interface BadgeProps {
  tone?: keyof typeof TONES;
  className?: string;
  children: ReactNode;
}

export function Badge({ tone = "neutral", className, children }: BadgeProps) {
  return (
    <span
      className={cn(
        "inline-flex max-w-full items-center gap-1 rounded-[6px] border px-1.5 text-xs leading-[18px] font-medium whitespace-nowrap [&_svg]:size-3 [&_svg]:shrink-0",
        TONES[tone],
        className,
      )}
    >
      {children}
    </span>
  );
}

interface TagChipProps {
  name: string;
  color?: string | null | undefined;
  children?: ReactNode;
}

export function TagChip({ name, color, children }: TagChipProps) {
  const dot = color || `hsl(${hueOf(name)} 55% 50%)`;
  return (
    <span className="inline-flex max-w-32 min-w-4 items-center gap-1 rounded-[6px] border border-line px-1.5 text-xs leading-[18px] text-ink">
      <span aria-hidden className="size-2 shrink-0 rounded-full" style={{ background: dot }} />
      <span className="truncate">{name}</span>
      {children}
    </span>
  );
}

interface AvatarProps {
  name: string;
  seed: string;
  size?: "sm" | "md" | "lg";
}

const AVATAR = { sm: "size-6 text-[10px]", md: "size-10 text-list", lg: "size-14 text-lg" } as const;

export function Avatar({ name, seed, size = "md" }: AvatarProps) {
  const hue = hueOf(seed);
  return (
    <span
      aria-hidden
      className={cn(
        "inline-flex shrink-0 items-center justify-center rounded-full font-semibold text-(--on) [--on:#1c2326] dark:[--on:#e7ebed]",
        "bg-[hsl(var(--hue)_42%_86%)] dark:bg-[hsl(var(--hue)_24%_28%)]",
        AVATAR[size],
      )}
      style={{ "--hue": hue } as React.CSSProperties}
    >
      {initials(name)}
    </span>
  );
}
