/** What can be done to all that is chosen. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { CheckCheck, CirclePause, MailCheck, RotateCcw, Tag, UserRound, UserRoundX, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { api, unwrap } from "@/api/client";
import { tagsQuery, usersQuery } from "@/api/directory";
import type { BulkAction } from "@/api/types";
import { Avatar } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Menu, MenuItem, MenuLabel, MenuSeparator } from "@/ui/menu";
import { toast } from "@/ui/toast";
import { Tooltip } from "@/ui/tooltip";
import type { Selection } from "./selection";

function useBulk(selection: Selection) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { mutate, isPending } = useMutation({
    mutationFn: (action: BulkAction) =>
      unwrap(api.POST("/api/conversations/bulk", { body: { ids: [...selection.ids], action } })),
    onSuccess: ({ items }) => {
      const of = (outcome: string) => items.filter((item) => item.outcome === outcome).length;
      const left = of("not_found") + of("too_many_tags");
      toast.success(t("bulkBar.done", { count: of("changed") }));
      if (left > 0) toast.warning(t("bulkBar.left", { count: left }));
      selection.clear();
      return client.invalidateQueries({ queryKey: ["conversations"] });
    },
  });
  return { run: (action: BulkAction) => mutate(action), isPending };
}

export function BulkBar({ selection }: { selection: Selection }) {
  const { t } = useTranslation();
  const { data: users } = useQuery(usersQuery);
  const { data: tags } = useQuery(tagsQuery);
  const { run, isPending } = useBulk(selection);
  const people = (users?.items ?? []).filter((user) => user.is_active !== false);
  return (
    <div
      role="toolbar"
      aria-label={t("bulkBar.label")}
      className="flex h-9 items-center gap-0.5 border-t border-line bg-raised px-2"
    >
      <Button variant="ghost" size="icon" aria-label={t("bulkBar.clear")} onClick={selection.clear}>
        <X />
      </Button>
      <span className="tabular min-w-0 flex-1 truncate text-list font-medium" aria-live="polite">
        {t("bulkBar.chosen", { count: selection.ids.size })}
      </span>
      <Menu
        trigger={
          <Button variant="ghost" size="icon" aria-label={t("bulkBar.assign")} disabled={isPending}>
            <UserRound />
          </Button>
        }
      >
        <MenuItem onSelect={() => run({ type: "assign", assignee_id: null })}>
          <UserRoundX />
          {t("owner.release")}
        </MenuItem>
        <MenuSeparator />
        {people.map((user) => (
          <MenuItem key={user.id} onSelect={() => run({ type: "assign", assignee_id: user.id })}>
            <Avatar name={user.name} seed={user.id} size="sm" />
            {user.name}
          </MenuItem>
        ))}
      </Menu>
      <Menu
        trigger={
          <Button variant="ghost" size="icon" aria-label={t("bulkBar.tags")} disabled={isPending}>
            <Tag />
          </Button>
        }
      >
        {(["add_tags", "remove_tags"] as const).map((type) => (
          <div key={type}>
            <MenuLabel>{t(`bulkBar.${type}`)}</MenuLabel>
            {(tags?.items ?? []).map((tag) => (
              <MenuItem key={tag.id} onSelect={() => run({ type, tags: [tag.name] })}>
                <Tag />
                {tag.name}
              </MenuItem>
            ))}
          </div>
        ))}
      </Menu>
      <Menu
        trigger={
          <Button variant="ghost" size="icon" aria-label={t("bulkBar.status")} disabled={isPending}>
            <CirclePause />
          </Button>
        }
      >
        <MenuItem onSelect={() => run({ type: "status", status: "open" })}>
          <RotateCcw />
          {t("action.reopen")}
        </MenuItem>
        <MenuItem onSelect={() => run({ type: "status", status: "pending" })}>
          <CirclePause />
          {t("action.pending")}
        </MenuItem>
      </Menu>
      <Action label={t("bulkBar.read")} disabled={isPending} onClick={() => run({ type: "read" })}>
        <MailCheck />
      </Action>
      <Action
        label={t("bulkBar.close")}
        disabled={isPending}
        onClick={() => run({ type: "status", status: "closed" })}
      >
        <CheckCheck />
      </Action>
    </div>
  );
}

interface ActionProps {
  label: string;
  disabled: boolean;
  onClick: () => void;
  children: React.ReactNode;
}

function Action({ label, disabled, onClick, children }: ActionProps) {
  return (
    <Tooltip text={label}>
      <Button variant="ghost" size="icon" aria-label={label} disabled={disabled} onClick={onClick}>
        {children}
      </Button>
    </Tooltip>
  );
}
