/** A draft is the same on every device, and no device loses another one's words. */
import { beforeEach, describe, expect, it } from "vitest";
import { type DraftServer, DraftSync } from "@/features/conversations/draft-sync";
import { type Draft, draftAt } from "@/features/conversations/drafts";
import { ProblemError } from "@/lib/problem";

const OWNER = "u1";
let place = 0;
let at = "";
let own: ReturnType<typeof draftAt>;

const draft = (text: string, key = "k"): Draft => ({
  key,
  text,
  file: null,
  moreFiles: [],
  quote: null,
  sendAt: null,
});

/** What the API does, for one draft. */
class Server implements DraftServer {
  kept: { draft: Draft; version: number } | null = null;
  isFileGone = false;
  isDown = false;
  private last = 0;

  private check(follows: number | null): void {
    if (this.isDown) throw new TypeError("Failed to fetch");
    if (follows !== (this.kept?.version ?? null)) throw new ProblemError({ code: "draft_changed" }, 409);
  }

  load = async () => {
    if (this.isDown) throw new TypeError("Failed to fetch");
    if (!this.kept) return [];
    const { sendAt: send_at, ...rest } = this.kept.draft;
    const { version } = this.kept;
    const content = { ...rest, send_at };
    return [
      {
        kind: "reply" as const,
        content,
        version,
        is_file_gone: this.isFileGone,
        updated_at: "2026-12-01T06:00:00Z",
      },
    ];
  };

  put = async (_id: string, _kind: string, next: Draft, follows: number | null) => {
    this.check(follows);
    this.last += 1;
    this.kept = { draft: next, version: this.last };
    return this.last;
  };

  remove = async (_id: string, _kind: string, version: number) => {
    if (this.kept) this.check(version);
    this.kept = null;
  };

  /** Another device writes. */
  elsewhere(text: string, key = "k"): void {
    this.last += 1;
    this.kept = { draft: draft(text, key), version: this.last };
  }
}

let server: Server;
let sync: DraftSync;

beforeEach(() => {
  localStorage.clear();
  place += 1;
  at = `c${place}`;
  own = draftAt(OWNER, at, "reply");
  server = new Server();
  sync = new DraftSync(OWNER, at, "reply", () => undefined, server);
});

describe("a draft on two devices", () => {
  it("goes on where the other one stopped", async () => {
    server.elsewhere("Buenos");
    await sync.pull();
    expect(own.read()).toEqual(draft("Buenos"));
    own.replace(draft("Buenos días"));
    await sync.push();
    expect(server.kept?.draft.text).toBe("Buenos días");
  });

  it("is gone here once it was sent there", async () => {
    own.replace(draft("hola"));
    await sync.push();
    server.kept = null;
    await sync.pull();
    expect(own.read().text).toBe("");
  });

  it("is gone there once it was sent here, also where the network came back later", async () => {
    own.replace(draft("hola"));
    await sync.push();
    server.isDown = true;
    own.replace(draft(""));
    await sync.push();
    server.isDown = false;
    await sync.pull();
    expect(server.kept).toBeNull();
    expect(own.read().text).toBe("");
  });

  it("keeps what was added to words that were sent there, under another key", async () => {
    own.replace(draft("hola"));
    await sync.push();
    server.kept = null;
    own.replace(draft("hola, ¿sigue ahí?"));
    await sync.push();
    await sync.pull();
    expect(own.read().text).toBe("hola, ¿sigue ahí?");
    expect(own.read().key).not.toBe("k");
    expect(server.kept).toMatchObject({ draft: { text: "hola, ¿sigue ahí?" } });
  });

  it("offers the other one's words and overwrites neither", async () => {
    own.replace(draft("lo mío"));
    server.elsewhere("lo otro", "o");
    await sync.pull();
    expect(own.read().text).toBe("lo mío");
    expect(server.kept?.draft.text).toBe("lo otro");
    expect(sync.aside.other?.text).toBe("lo otro");
    await sync.keepOwn();
    expect(server.kept?.draft.text).toBe("lo mío");
    expect(sync.aside.other).toBeNull();
  });

  it("goes on with the other one's words if that is chosen", async () => {
    own.replace(draft("lo mío"));
    server.elsewhere("lo otro", "o");
    await sync.pull();
    await sync.takeOther();
    expect(own.read()).toEqual(draft("lo otro", "o"));
    expect(server.kept?.draft.text).toBe("lo otro");
  });

  it("notices on writing that another device wrote meanwhile", async () => {
    own.replace(draft("uno"));
    await sync.push();
    server.elsewhere("dos");
    own.replace(draft("tres"));
    await sync.push();
    await sync.pull();
    expect(server.kept?.draft.text).toBe("dos");
    expect(sync.aside.other?.text).toBe("dos");
    expect(own.read().text).toBe("tres");
  });

  it("says that a file is no more", async () => {
    server.elsewhere("con foto");
    server.isFileGone = true;
    await sync.pull();
    expect(sync.aside.isFileGone).toBe(true);
    expect(own.read().text).toBe("con foto");
  });
});
