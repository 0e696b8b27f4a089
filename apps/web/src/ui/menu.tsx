/** Dropdown menus and popovers in the desk's look. */
import { DropdownMenu, Popover as RadixPopover } from "radix-ui";
import type { ComponentProps, ReactNode } from "react";
import { cn } from "@/lib/cn";

const PANEL =
  "animate-appear z-50 min-w-48 max-w-[calc(100vw-16px)] rounded-md border border-line bg-surface p-1 text-ink shadow-lg";
const ITEM =
  "flex w-full cursor-pointer items-center gap-2 rounded-[6px] px-2 py-1.5 text-left outline-none select-none data-highlighted:bg-raised data-disabled:cursor-not-allowed data-disabled:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0";

/** Whoever has gone elsewhere by the time it is closed is not called back to what opened it. */
function leaveFocus(event: Event): void {
  if (document.activeElement && document.activeElement !== document.body) event.preventDefault();
}

interface MenuProps {
  trigger: ReactNode;
  children: ReactNode;
  align?: "start" | "end";
  side?: "top" | "right" | "bottom";
  /** Called when it has closed; preventing the event keeps the focus from going back to the trigger. */
  onClosed?: (event: Event) => void;
}

export function Menu({ trigger, children, align = "end", side = "bottom", onClosed }: MenuProps) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align={align}
          side={side}
          sideOffset={4}
          collisionPadding={8}
          onCloseAutoFocus={onClosed ?? leaveFocus}
          className={cn(PANEL, "max-h-(--radix-dropdown-menu-content-available-height) overflow-y-auto")}
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

export function MenuItem({ className, ...rest }: ComponentProps<typeof DropdownMenu.Item>) {
  return <DropdownMenu.Item className={cn(ITEM, className)} {...rest} />;
}

export function MenuChoice({ className, children, ...rest }: ComponentProps<typeof DropdownMenu.RadioItem>) {
  return (
    <DropdownMenu.RadioItem className={cn(ITEM, "pl-7 relative", className)} {...rest}>
      <DropdownMenu.ItemIndicator className="absolute left-2 text-accent">✓</DropdownMenu.ItemIndicator>
      {children}
    </DropdownMenu.RadioItem>
  );
}

export const MenuChoices = DropdownMenu.RadioGroup;

export function MenuLabel({ children }: { children: ReactNode }) {
  return (
    <DropdownMenu.Label className="px-2 pt-2 pb-1 text-xs font-medium text-muted">
      {children}
    </DropdownMenu.Label>
  );
}

export function MenuSeparator() {
  return <DropdownMenu.Separator className="my-1 border-t border-line" />;
}

interface PopoverProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  trigger: ReactNode;
  label: string;
  align?: "start" | "end";
  side?: "top" | "right" | "bottom";
  className?: string;
  /** As for menus. */
  onClosed?: (event: Event) => void;
  children: ReactNode;
}

export function Popover(props: PopoverProps) {
  const {
    open,
    onOpenChange,
    trigger,
    label,
    align = "end",
    side = "bottom",
    className,
    onClosed,
    children,
  } = props;
  return (
    <RadixPopover.Root open={open} onOpenChange={onOpenChange}>
      <RadixPopover.Trigger asChild>{trigger}</RadixPopover.Trigger>
      <RadixPopover.Portal>
        <RadixPopover.Content
          aria-label={label}
          align={align}
          side={side}
          onCloseAutoFocus={onClosed ?? leaveFocus}
          sideOffset={4}
          collisionPadding={8}
          className={cn(PANEL, "w-72", className)}
        >
          {children}
        </RadixPopover.Content>
      </RadixPopover.Portal>
    </RadixPopover.Root>
  );
}
