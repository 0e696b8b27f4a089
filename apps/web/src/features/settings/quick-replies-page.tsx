/** Texts that the team writes again and again: everybody's and one's own. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { MessageSquareQuote, Pencil, Plus, Trash2 } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import type { QuickReply } from "@/api/types";
import { usePermission } from "@/api/use-session";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { Input } from "@/ui/field";
import { LoadMore } from "@/ui/load-more";
import { Card, Page } from "@/ui/page";
import { EmptyState, ErrorState, SkeletonRows } from "@/ui/states";
import { QuickReplyDialog } from "./quick-reply-dialog";
import { quickRepliesQuery, useDeleteQuickReply } from "./tenant-settings";

export function QuickRepliesPage() {
  const { t } = useTranslation();
  const mayShare = usePermission("settings.write");
  const mayOwn = usePermission("chat.write");
  const [q, setQ] = useState("");
  const list = useInfiniteQuery(quickRepliesQuery(useDeferredValue(q.trim())));
  const remove = useDeleteQuickReply();
  const [editing, setEditing] = useState<QuickReply | "new" | null>(null);
  const [removing, setRemoving] = useState<QuickReply | null>(null);
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  const add = (mayShare || mayOwn) && (
    <Button variant="primary" onClick={() => setEditing("new")}>
      <Plus aria-hidden />
      {t("quick.create")}
    </Button>
  );
  return (
    <Page title={t("quick.title")} text={t("quick.text")} actions={add}>
      <Input
        type="search"
        className="mb-3"
        aria-label={t("quick.search")}
        placeholder={t("quick.search")}
        value={q}
        onChange={(event) => setQ(event.target.value)}
      />
      <Card>
        {list.isPending ? (
          <SkeletonRows height="h-16" />
        ) : list.isError && items.length === 0 ? (
          <ErrorState error={list.error} onRetry={() => void list.refetch()} />
        ) : items.length === 0 ? (
          <EmptyState icon={MessageSquareQuote} text={t(q ? "quick.none" : "quick.empty")}>
            {q ? <Button onClick={() => setQ("")}>{t("list.clear")}</Button> : add}
          </EmptyState>
        ) : (
          <>
            <ul className="divide-y divide-line">
              {items.map((reply) => (
                <li key={reply.id} className="flex min-h-16 items-center gap-3 px-4 py-2">
                  <div className="min-w-0 flex-1">
                    <p className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
                      <code className="font-mono text-list font-medium">/{reply.shortcut}</code>
                      <span className="min-w-0 truncate font-medium">{reply.title}</span>
                      <Badge tone={reply.shared ? "neutral" : "accent"}>
                        {t(reply.shared ? "quick.shared" : "quick.own")}
                      </Badge>
                    </p>
                    <p className="line-clamp-2 text-list wrap-anywhere text-muted">{reply.body}</p>
                  </div>
                  <span className="tabular shrink-0 text-list text-muted max-sm:hidden">
                    {t("quick.uses", { count: reply.uses })}
                  </span>
                  {(reply.shared ? mayShare : mayOwn) && (
                    <span className="flex shrink-0">
                      <Button
                        variant="ghost"
                        size="icon"
                        aria-label={t("catalogue.edit", { name: reply.title })}
                        onClick={() => setEditing(reply)}
                      >
                        <Pencil />
                      </Button>
                      <Button
                        variant="ghost"
                        size="icon"
                        aria-label={t("catalogue.delete", { name: reply.title })}
                        onClick={() => setRemoving(reply)}
                      >
                        <Trash2 />
                      </Button>
                    </span>
                  )}
                </li>
              ))}
            </ul>
            <LoadMore query={list} />
          </>
        )}
      </Card>
      {editing && (
        <QuickReplyDialog reply={editing === "new" ? null : editing} onClose={() => setEditing(null)} />
      )}
      <Confirm
        open={removing !== null}
        onOpenChange={(open) => !open && setRemoving(null)}
        title={t("catalogue.delete", { name: removing?.title ?? "" })}
        text={t(removing?.shared ? "quick.deleteShared" : "quick.deleteOwn")}
        verb={t("action.delete")}
        busy={remove.isPending}
        onConfirm={() => {
          if (removing) remove.mutate(removing.id, { onSettled: () => setRemoving(null) });
        }}
      />
    </Page>
  );
}
