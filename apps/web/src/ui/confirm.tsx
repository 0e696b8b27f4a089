/** Asks once before something that cannot be taken back. */
import { useTranslation } from "react-i18next";
import { Button } from "./button";
import { Dialog, DialogActions } from "./dialog";

interface ConfirmProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  text: string;
  verb: string;
  busy?: boolean;
  onConfirm: () => void;
}

export function Confirm({ open, onOpenChange, title, text, verb, busy, onConfirm }: ConfirmProps) {
  const { t } = useTranslation();
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={title}>
      <p>{text}</p>
      <DialogActions>
        <Button onClick={() => onOpenChange(false)}>{t("action.cancel")}</Button>
        <Button variant="danger" busy={busy ?? false} onClick={onConfirm}>
          {verb}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
