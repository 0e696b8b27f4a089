/** A link that could not be mailed: shown once, to be handed on by other means. */
import { useTranslation } from "react-i18next";
import type { SentLink } from "@/api/types";
import { Button } from "./button";
import { Copy } from "./copy";
import { Dialog, DialogActions } from "./dialog";

interface LinkDialogProps {
  /** Whose it is; null: nothing to show. */
  link: { name: string; sent: SentLink } | null;
  onClose: () => void;
}

/** The whole address; without one configured the server knows only the path. */
function whole(url: string): string {
  return new URL(url, window.location.origin).toString();
}

export function LinkDialog({ link, onClose }: LinkDialogProps) {
  const { t } = useTranslation();
  return (
    <Dialog
      open={link !== null}
      onOpenChange={onClose}
      title={t("sentLink.title", { name: link?.name ?? "" })}
      description={t(link?.sent.mail === "failed" ? "sentLink.failed" : "sentLink.byHand")}
    >
      {link?.sent.invite_url && <Copy value={whole(link.sent.invite_url)} className="w-full" />}
      <DialogActions>
        <Button variant="primary" onClick={onClose}>
          {t("sentLink.done")}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
