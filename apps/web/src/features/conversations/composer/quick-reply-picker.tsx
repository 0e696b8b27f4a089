/** Puts a quick reply into the answer, filled in for this customer: by its button, or by typing "/" first. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Command } from "cmdk";
import { MessageSquareQuote } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, unwrap } from "@/api/client";
import { ToolPopover } from "./tool-popover";

interface QuickReplyPickerProps {
  conversationId: string;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onPick: (text: string) => void;
  /** Called when a space comes first: the "/" was meant as such. */
  onNone: () => void;
  /** Where the focus goes is for the answer's box to say. */
  onClosed: () => void;
}

export function QuickReplyPicker(props: QuickReplyPickerProps) {
  const { conversationId, open, onOpenChange, onPick, onNone, onClosed } = props;
  const { t } = useTranslation();
  return (
    <ToolPopover
      open={open}
      onOpenChange={onOpenChange}
      label={t("quick.title")}
      icon={<MessageSquareQuote />}
      onClosed={onClosed}
    >
      <Choices conversationId={conversationId} onPick={onPick} onNone={onNone} />
    </ToolPopover>
  );
}

type ChoicesProps = Pick<QuickReplyPickerProps, "conversationId" | "onPick" | "onNone">;

function Choices({ conversationId, onPick, onNone }: ChoicesProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [text, setText] = useState("");
  const q = useDeferredValue(text.trim());
  const { data, isPending } = useQuery({
    queryKey: ["quick-replies", "pick", q],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/quick-replies", { params: { query: { limit: 20, ...(q ? { q } : {}) } }, signal }),
      ),
    placeholderData: keepPreviousData,
  });
  const use = useMutation({
    mutationFn: (id: string) =>
      unwrap(
        api.POST("/api/quick-replies/{id}/use", {
          params: { path: { id } },
          body: { conversation_id: conversationId },
        }),
      ),
    onSuccess: (filled) => {
      onPick(filled.text);
      return client.invalidateQueries({ queryKey: ["quick-replies"], refetchType: "none" });
    },
  });
  return (
    <Command shouldFilter={false} label={t("quick.search")}>
      <Command.Input
        autoFocus
        value={text}
        onValueChange={(next) => (next === " " ? onNone() : setText(next))}
        placeholder={t("quick.search")}
        className="h-9 w-full rounded-[6px] border border-line bg-surface px-2 max-sm:text-[16px]"
      />
      <Command.List className="mt-1 max-h-60 overflow-y-auto">
        <Command.Empty className="p-4 text-center text-muted">
          {t(isPending ? "state.loading" : q ? "quick.none" : "quick.empty")}
        </Command.Empty>
        {data?.items.map((reply) => (
          <Command.Item
            key={reply.id}
            value={reply.id}
            disabled={use.isPending}
            onSelect={() => use.mutate(reply.id)}
            className="grid cursor-pointer gap-0.5 rounded-[6px] px-2 py-1.5 data-[selected=true]:bg-raised"
          >
            <span className="truncate">
              <code className="font-mono text-list font-medium">/{reply.shortcut}</code> {reply.title}
            </span>
            <span className="line-clamp-2 text-list wrap-anywhere text-muted">{reply.body}</span>
          </Command.Item>
        ))}
      </Command.List>
    </Command>
  );
}
