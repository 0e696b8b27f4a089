/** The frame of what is a message of its own: a form, and a button that sends it. */
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";

export interface BesideProps {
  onClose: () => void;
  /** Called when nothing is to be sent after all. */
  onClosed: () => void;
}

interface BesideDialogProps extends BesideProps {
  title: string;
  wide?: boolean;
  disabled?: boolean;
  onSubmit: () => void;
  children: ReactNode;
}

export function BesideDialog(props: BesideDialogProps) {
  const { title, wide = false, disabled = false, onClose, onClosed, onSubmit, children } = props;
  const { t } = useTranslation();
  return (
    <Dialog
      open
      onOpenChange={() => {
        onClose();
        onClosed();
      }}
      title={title}
      wide={wide}
    >
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          // In React's tree this form may be inside of another one.
          event.stopPropagation();
          onSubmit();
        }}
      >
        {children}
        <DialogActions>
          <Button type="submit" variant="primary" disabled={disabled}>
            {t("composer.send")}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
