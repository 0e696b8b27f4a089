/** Above the thread: who, on whose line, how long the window stays open, who owns it. */
import { Link } from "@tanstack/react-router";
import { ArrowLeft, PanelRight, Phone } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Conversation } from "@/api/types";
import { usePermission } from "@/api/use-session";
import { Avatar, Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Copy } from "@/ui/copy";
import { Skeleton } from "@/ui/states";
import { Tooltip } from "@/ui/tooltip";
import { AssignMenu } from "./assign-menu";
import { contactName, formatPhone } from "./names";
import { StatusMenu } from "./status-menu";
import { WindowRing } from "./window-ring";

interface HeaderProps {
  conversation: Conversation | undefined;
  panelOpen: boolean;
  onPanel: () => void;
}

export function ThreadHeader({ conversation, panelOpen, onPanel }: HeaderProps) {
  const { t } = useTranslation();
  const canWrite = usePermission("chat.write");
  return (
    <header className="flex min-h-14 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line bg-surface px-3 py-2">
      <Link
        to="/inbox"
        search={(previous: object) => previous}
        aria-label={t("thread.back")}
        className="-ml-1 flex size-8 items-center justify-center rounded-md hover:bg-raised md:hidden"
      >
        <ArrowLeft aria-hidden className="size-5" />
      </Link>
      {conversation ? (
        <>
          <span className="max-sm:hidden">
            <Avatar name={contactName(conversation.contact)} seed={conversation.contact.id} />
          </span>
          <div className="min-w-0 flex-1">
            <h2 className="truncate leading-5 font-semibold">{contactName(conversation.contact)}</h2>
            <div className="flex items-center gap-2 overflow-hidden">
              {conversation.contact.phone && !panelOpen && (
                <Copy value={formatPhone(conversation.contact.phone)} className="text-xs max-sm:hidden" />
              )}
              <Badge className="min-w-0">
                <Phone aria-hidden />
                <span className="truncate">{conversation.channel.display_name}</span>
              </Badge>
              <WindowRing expiresAt={conversation.window_expires_at} />
            </div>
          </div>
          <div className="flex items-center gap-1.5">
            <span className="max-sm:hidden">
              <AssignMenu conversation={conversation} />
            </span>
            {canWrite && <StatusMenu conversation={conversation} />}
            <Tooltip text={t("details.toggle")}>
              <Button
                variant="ghost"
                size="icon"
                aria-label={t("details.toggle")}
                aria-expanded={panelOpen}
                onClick={onPanel}
              >
                <PanelRight />
              </Button>
            </Tooltip>
          </div>
        </>
      ) : (
        <div role="status" aria-label={t("state.loading")} className="flex flex-1 items-center gap-3">
          <Skeleton className="size-10 rounded-full" />
          <div className="grid gap-2">
            <Skeleton className="h-3.5 w-36" />
            <Skeleton className="h-3 w-52" />
          </div>
        </div>
      )}
    </header>
  );
}
