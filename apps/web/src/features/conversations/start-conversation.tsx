/** Writes to somebody who may never have written. */

import { MessageSquarePlus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { usePermission } from "@/api/use-session";
import { withTexts } from "@/lib/i18n";
import { Button } from "@/ui/button";
import { dialogPart } from "@/ui/part";
import { Tooltip } from "@/ui/tooltip";

const StartDialog = dialogPart(
  "start-dialog",
  async () => (await withTexts(import("./start-dialog"))).StartDialog,
);

export function StartConversation() {
  const { t } = useTranslation();
  const canWrite = usePermission("chat.write");
  const [open, setOpen] = useState(false);
  if (!canWrite) return null;
  return (
    <>
      <Tooltip text={t("template.start")}>
        <Button variant="ghost" size="icon" aria-label={t("template.start")} onClick={() => setOpen(true)}>
          <MessageSquarePlus />
        </Button>
      </Tooltip>
      {open && <StartDialog onClose={() => setOpen(false)} />}
    </>
  );
}
