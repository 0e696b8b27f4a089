/** The first message to somebody who may never have written: a template on one of the lines. */
import { useNavigate } from "@tanstack/react-router";
import { asProblem } from "@/lib/problem";
import { templateBody } from "./compose";
import { useStartConversation } from "./queries";
import { type StartValues, TemplateDialog, useStartDraft } from "./template-dialog";

export function StartDialog({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const start = useStartConversation();
  const { take, change } = useStartDraft("new");

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
          onClose();
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
    <TemplateDialog
      to={null}
      error={start.error}
      busy={start.isPending}
      onClose={onClose}
      onSubmit={submit}
    />
  );
}

/** Digits with the country's code before them. */
function international(phone: string): string {
  return `+${phone.replace(/\D/g, "")}`;
}
