/** A tool beside the words: an icon, and what opens from it. When it closes, the words have the focus again. */
import type { ReactNode } from "react";
import { Button } from "@/ui/button";
import { Popover } from "@/ui/menu";

interface ToolPopoverProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  label: string;
  icon: ReactNode;
  className?: string;
  /** Called when it has closed; where the focus goes is for the answer's box to say. */
  onClosed: () => void;
  children: ReactNode;
}

export function ToolPopover({ label, icon, className, onClosed, children, ...rest }: ToolPopoverProps) {
  return (
    <Popover
      {...rest}
      label={label}
      side="top"
      {...(className ? { className } : {})}
      onClosed={(event) => {
        event.preventDefault();
        onClosed();
      }}
      trigger={
        <Button variant="ghost" size="icon" aria-label={label} title={label}>
          {icon}
        </Button>
      }
    >
      {children}
    </Popover>
  );
}
