/** Asks once before something that cannot be taken back, or that reaches far. */
import { useTranslation } from "react-i18next";
import { Button } from "./button";
import { Dialog, DialogActions } from "./dialog";

interface ConfirmProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  text: string;
  verb: string;
  /** `danger` for what is lost. */
  tone?: "danger" | "primary";
  busy?: boolean;
  onConfirm: () => void;
}

export function Confirm({
  open,
  onOpenChange,
  title,
  text,
  verb,
  tone = "danger",
  busy,
  onConfirm,
}: ConfirmProps) {
  const { t } = useTranslation();
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={title}>
      <p>{text}</p>
      <DialogActions>
        <Button onClick={() => onOpenChange(false)}>{t("action.cancel")}</Button>
        <Button variant={tone} busy={busy ?? false} onClick={onConfirm}>
          {verb}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
