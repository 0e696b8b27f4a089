/** Recovery codes, shown this once: the window closes when they are kept. */
import { Copy as CopyIcon, Download } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "@/api/use-session";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Check } from "@/ui/field";
import { toast } from "@/ui/toast";

export function RecoveryCodes({ codes, onKept }: { codes: string[]; onKept: () => void }) {
  const { t } = useTranslation();
  const email = useSession()?.user.email ?? "";
  const [kept, setKept] = useState(false);
  // Somebody wanted to leave without having said so: shown why it stays open.
  const [tried, setTried] = useState(false);
  const text = codes.join("\n");

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      toast.success(t("recovery.copied"));
    } catch {
      toast.error(t("toast.copyFailed"));
    }
  }

  function download(): void {
    const lines = [t("recovery.fileTitle", { email }), "", ...codes, ""];
    const url = URL.createObjectURL(new Blob([lines.join("\n")], { type: "text/plain" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = t("recovery.fileName");
    link.click();
    URL.revokeObjectURL(url);
  }

  return (
    <Dialog
      open
      onOpenChange={() => (kept ? onKept() : setTried(true))}
      title={t("recovery.title")}
      description={t("recovery.text")}
    >
      <ul
        aria-label={t("recovery.title")}
        className="grid grid-cols-2 gap-x-6 gap-y-1.5 rounded-md border border-line bg-raised p-4 text-center font-mono"
      >
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className="mt-3 flex flex-wrap gap-2">
        <Button onClick={() => void copy()}>
          <CopyIcon aria-hidden />
          {t("recovery.copy")}
        </Button>
        <Button onClick={download}>
          <Download aria-hidden />
          {t("action.download")}
        </Button>
      </div>
      <div className="mt-5">
        <Check
          label={t("recovery.kept")}
          {...(tried && !kept ? { hint: t("recovery.first") } : {})}
          checked={kept}
          onChange={(event) => setKept(event.target.checked)}
        />
      </div>
      <DialogActions>
        <Button variant="primary" disabled={!kept} onClick={onKept}>
          {t("sentLink.done")}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
