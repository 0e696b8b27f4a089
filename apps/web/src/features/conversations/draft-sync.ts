/**
 * Brings drafts to the server and from it. What the browser keeps is at hand at once and without a
 * network; this follows after. Every write names the version it follows from, so that words of another
 * device are never overwritten unseen: they are offered.
 */
import { api, unwrap } from "@/api/client";
import type { components } from "@/api/schema.gen";
import { asProblem } from "@/lib/problem";
import { readStored, writeStored } from "@/lib/storage";
import { type Draft, draftAt, EMPTY, isEmpty, type ServerKind } from "./drafts";

type Remote = components["schemas"]["Draft"];

/** What the server and this browser last agreed on. */
interface Agreed {
  version: number;
  words: string;
}

/** What stands beside the box: words of another device, or that a file is no more. */
export interface Aside {
  other: Draft | null;
  isFileGone: boolean;
}

const NOTHING: Aside = { other: null, isFileGone: false };

export interface DraftServer {
  load: (conversation: string) => Promise<Remote[]>;
  put: (conversation: string, kind: ServerKind, draft: Draft, follows: number | null) => Promise<number>;
  remove: (conversation: string, kind: ServerKind, version: number) => Promise<void>;
}

const server: DraftServer = {
  load: async (id) =>
    (await unwrap(api.GET("/api/conversations/{id}/drafts", { params: { path: { id } } }))).items,
  put: async (id, kind, { sendAt, moreFiles, ...rest }, follows) => {
    const body = { content: { ...rest, more_files: moreFiles, send_at: sendAt }, follows };
    const call = api.PUT("/api/conversations/{id}/drafts/{kind}", { params: { path: { id, kind } }, body });
    return (await unwrap(call)).version;
  },
  remove: async (id, kind, version) => {
    const params = { path: { id, kind }, query: { version } };
    await unwrap(api.DELETE("/api/conversations/{id}/drafts/{kind}", { params }));
  },
};

function wordsOf(draft: Draft): string {
  const more = draft.moreFiles.map(({ id }) => id);
  const file = draft.file?.id ?? null;
  return JSON.stringify([draft.text, file, draft.quote?.wamid ?? null, draft.sendAt, ...more]);
}

function draftOf({ content }: Remote): Draft {
  const { key, text, file, more_files: moreFiles, quote, send_at: sendAt } = content;
  return {
    key,
    text,
    file: file ?? null,
    moreFiles: moreFiles ?? [],
    quote: quote ?? null,
    sendAt: sendAt ?? null,
  };
}

/** Whether nothing of `other` is missing in `draft`. */
function holds(draft: Draft, other: Draft): boolean {
  const same = wordsOf({ ...draft, text: "" }) === wordsOf({ ...other, text: "" });
  return same && draft.text.startsWith(other.text);
}

/** One draft of one person: a reply or a note of one conversation. */
export class DraftSync {
  aside: Aside = NOTHING;
  private readonly local: ReturnType<typeof draftAt>;
  private readonly agreedAt: string;
  private work: Promise<void> = Promise.resolve();
  private offered: Agreed | null = null;

  constructor(
    owner: string,
    private readonly conversation: string,
    private readonly kind: ServerKind,
    private readonly onAside: () => void,
    private readonly remote: DraftServer = server,
  ) {
    this.local = draftAt(owner, conversation, kind);
    this.agreedAt = `centralita.draft-agreed.${owner}.${kind}.${conversation}`;
  }

  /** Looks what the server has, and brings both together. */
  pull = (): Promise<void> => this.inTurn(() => this.meet());

  /** Brings to the server what was written since. */
  push = (): Promise<void> => this.inTurn(() => this.bring());

  /** Goes on with the words of the other device. */
  takeOther = (): Promise<void> => {
    const { other } = this.aside;
    if (!other || !this.offered) return Promise.resolve();
    this.agree(this.offered);
    this.local.replace(other);
    this.settle();
    return this.push();
  };

  /** Goes on with the words of this one. */
  keepOwn = (): Promise<void> => {
    if (this.offered) this.agree(this.offered);
    this.settle();
    return this.push();
  };

  private inTurn(work: () => Promise<void>): Promise<void> {
    // Without a network the browser keeps the draft; whatever comes next tries again.
    this.work = this.work.then(work).catch(() => undefined);
    return this.work;
  }

  private agreed(): Agreed | null {
    const stored = readStored(this.agreedAt);
    return stored ? (JSON.parse(stored) as Agreed) : null;
  }

  private agree(agreed: Agreed | null): void {
    writeStored(this.agreedAt, agreed && JSON.stringify(agreed));
  }

  private settle(): void {
    this.offered = null;
    this.show({ ...this.aside, other: null });
  }

  private show(aside: Aside): void {
    this.aside = aside;
    this.onAside();
  }

  private async meet(): Promise<void> {
    const before = readStored(this.agreedAt);
    const found = (await this.remote.load(this.conversation)).find(({ kind }) => kind === this.kind);
    // Another tab, or the box that was just left, has written meanwhile: what was found is old.
    if (readStored(this.agreedAt) !== before) return this.meet();
    const agreed = this.agreed();
    if (!found) this.gone(agreed);
    else if (found.version !== agreed?.version) this.changed(found, agreed);
    await this.bring();
  }

  /** It was sent or removed elsewhere, or there never was one. */
  private gone(agreed: Agreed | null): void {
    this.settle();
    if (!agreed) return;
    this.agree(null);
    const own = this.local.read();
    if (wordsOf(own) === agreed.words) this.local.replace(EMPTY);
    // What was added since is another message than the one that was sent.
    else if (!isEmpty(own)) this.local.replace({ ...own, key: crypto.randomUUID() });
  }

  private changed(found: Remote, agreed: Agreed | null): void {
    const theirs = draftOf(found);
    const next = { version: found.version, words: wordsOf(theirs) };
    const own = this.local.read();
    const isUntouched = isEmpty(own) || wordsOf(own) === agreed?.words;
    if (found.is_file_gone) this.show({ ...this.aside, isFileGone: true });
    if (isUntouched) {
      // Under the old key it may have been sent from here meanwhile.
      const key = isEmpty(own) && agreed ? crypto.randomUUID() : theirs.key;
      this.agree(next);
      this.local.replace({ ...theirs, key });
      this.settle();
    } else if (holds(own, theirs)) {
      this.agree(next);
      this.settle();
    } else {
      this.offered = next;
      this.show({ ...this.aside, other: theirs });
    }
  }

  private async bring(): Promise<void> {
    if (this.offered) return;
    const own = this.local.read();
    const agreed = this.agreed();
    try {
      if (isEmpty(own)) {
        if (!agreed) return;
        await this.remote.remove(this.conversation, this.kind, agreed.version);
        this.agree(null);
      } else if (wordsOf(own) !== agreed?.words) {
        const version = await this.remote.put(this.conversation, this.kind, own, agreed?.version ?? null);
        this.agree({ version, words: wordsOf(own) });
      }
    } catch (error) {
      if (asProblem(error).code !== "draft_changed") throw error;
      // What is there now is brought together the next time round, which comes at once.
      void this.pull();
    }
  }
}
