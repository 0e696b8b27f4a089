/** Writes to somebody who may never have written: a template on one of the lines. */
import { useNavigate } from "@tanstack/react-router";
import { MessageSquarePlus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { usePermission } from "@/api/use-session";
import { asProblem } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Tooltip } from "@/ui/tooltip";
import { templateBody } from "./compose";
import { useStartConversation } from "./queries";
import { type StartValues, TemplateDialog, useStartDraft } from "./template-dialog";

export function StartConversation() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const canWrite = usePermission("chat.write");
  const [open, setOpen] = useState(false);
  const start = useStartConversation();
  const { take, change } = useStartDraft("new");
  if (!canWrite) return null;

  function submit(values: StartValues, key: string): void {
    const body = {
      channel_id: values.channelId,
      to: international(values.phone),
      message: templateBody(values),
    };
    start.mutate(
      { body, key },
      {
        onSuccess: ({ conversation_id }) => {
          take();
          setOpen(false);
          void navigate({
            to: "/inbox/$conversationId",
            params: { conversationId: conversation_id },
            search: (previous: object) => previous,
          });
        },
        onError: (error) => {
          if (asProblem(error).code !== "idempotency_mismatch") return;
          // What was sent before the change has arrived; sending the changed one is another message.
          take();
          change(values);
        },
      },
    );
  }

  return (
    <>
      <Tooltip text={t("template.start")}>
        <Button variant="ghost" size="icon" aria-label={t("template.start")} onClick={() => setOpen(true)}>
          <MessageSquarePlus />
        </Button>
      </Tooltip>
      {open && (
        <TemplateDialog
          to={null}
          error={start.error}
          busy={start.isPending}
          onClose={() => {
            setOpen(false);
            start.reset();
          }}
          onSubmit={submit}
        />
      )}
    </>
  );
}

/** Digits with the country's code before them. */
function international(phone: string): string {
  return `+${phone.replace(/\D/g, "")}`;
}
