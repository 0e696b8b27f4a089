/** Naming somebody of the team in a note: "@" and the name. */
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { usersQuery } from "@/api/directory";
import type { User } from "@/api/types";
import { useSession } from "@/api/use-session";
import { cn } from "@/lib/cn";
import { plain } from "@/lib/plain";
import { Avatar } from "@/ui/badge";
import { child } from "../payload";
import { richText } from "../rich-text";

/** As many as are offered at once. */
const OFFERED = 6;
const BEGUN = /(?:^|\s)@([^\s@]{0,40})$/u;

type Named = Pick<User, "id" | "name">;

/** A pattern of "@" and one of these names; the longest first, so that "@Ana María" is not "@Ana". */
function pattern(people: Named[]): RegExp | null {
  const names = people.map(({ name }) => name).sort((a, b) => b.length - a.length);
  if (names.length === 0) return null;
  const escaped = names.map((name) => name.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`(?<![\\p{L}\\p{N}])@(${escaped.join("|")})(?![\\p{L}\\p{N}])`, "gu");
}

/** Whom of the team these words name. */
export function mentionedIn(text: string, team: Named[]): string[] {
  const found = pattern(team);
  const names = new Set(found ? [...text.matchAll(found)].map(([, name]) => name) : []);
  return team.filter(({ name }) => names.has(name)).map(({ id }) => id);
}

/** A note's words, with whoever it names made out. */
export function NoteWords({ text, payload }: { text: string; payload: unknown }) {
  const named = child({ payload }, "payload")?.["mentions"];
  const found = pattern(Array.isArray(named) ? (named as Named[]) : []);
  if (!found) return richText(text);
  let at = 0;
  const words: ReactNode[] = [];
  for (const match of text.matchAll(found)) {
    words.push(<span key={`w${at}`}>{richText(text.slice(at, match.index))}</span>);
    at = match.index + match[0].length;
    words.push(
      <span key={`m${at}`} className="rounded-[4px] bg-note/15 px-0.5 font-medium text-note">
        {match[0]}
      </span>,
    );
  }
  return [...words, <span key="rest">{richText(text.slice(at))}</span>];
}

interface MentionState {
  /** What is offered, to stand above the box; null: nobody is being named. */
  offer: ReactNode;
  /** Handles a key of the box; true: it was for the offer. */
  onKey: (key: string) => boolean;
  /** What the box says of the offer to whoever cannot see it. */
  described: { "aria-controls"?: string; "aria-activedescendant"?: string };
}

/** Offers people while somebody is being named at the caret. */
export function useMentions(
  text: string,
  caret: number,
  onText: (text: string, caret: number) => void,
): MentionState {
  const { t } = useTranslation();
  const list = useId();
  const me = useSession()?.user.id;
  const { data: team } = useQuery(usersQuery);
  const [active, setActive] = useState(0);
  const [left, setLeft] = useState<number | null>(null);
  const begun = BEGUN.exec(text.slice(0, caret));
  const start = begun ? caret - (begun[1]?.length ?? 0) - 1 : null;
  if (start === null || start === left) return { offer: null, onKey: () => false, described: {} };

  const wanted = plain(begun?.[1] ?? "");
  const offered = (team?.items ?? [])
    .filter((user) => user.is_active !== false && user.id !== me && plain(user.name).includes(wanted))
    .slice(0, OFFERED);
  const chosen = Math.min(active, offered.length - 1);
  const option = (user: Named) => `${list}-${user.id}`;

  function pick(user: Named): void {
    const before = `${text.slice(0, start ?? 0)}@${user.name} `;
    onText(before + text.slice(caret).trimStart(), before.length);
    setActive(0);
  }

  function onKey(key: string): boolean {
    if (key === "Escape") setLeft(start);
    else if (offered.length === 0) return false;
    else if (key === "ArrowDown") setActive((chosen + 1) % offered.length);
    else if (key === "ArrowUp") setActive((chosen + offered.length - 1) % offered.length);
    else if ((key === "Enter" || key === "Tab") && offered[chosen]) pick(offered[chosen]);
    else return false;
    return true;
  }

  const offer = (
    <div
      id={list}
      role="listbox"
      aria-label={t("mention.title")}
      className="mx-3 mt-1.5 grid max-h-64 overflow-y-auto rounded-md border border-line bg-surface p-1"
    >
      {offered.length === 0 && <p className="px-2 py-1.5 text-list text-muted">{t("mention.none")}</p>}
      {offered.map((user, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys come from the box, where the focus stays
        <div
          key={user.id}
          id={option(user)}
          role="option"
          tabIndex={-1}
          aria-selected={index === chosen}
          // The focus stays in the box.
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => pick(user)}
          className={cn(
            "flex cursor-pointer items-center gap-2 rounded-[6px] px-2 py-1.5 hover:bg-raised",
            index === chosen && "bg-raised",
          )}
        >
          <Avatar name={user.name} seed={user.id} size="sm" />
          <span className="min-w-0 flex-1 truncate">{user.name}</span>
          <span className="text-xs text-muted">{t(`role.${user.role}`, { defaultValue: user.role })}</span>
        </div>
      ))}
    </div>
  );
  const current = offered[chosen];
  const described = {
    "aria-controls": list,
    ...(current ? { "aria-activedescendant": option(current) } : {}),
  };
  return { offer, onKey, described };
}
