/** Programs that run beside a test and end with it, however it ends. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";

interface Started {
  args?: string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
}

export class Program {
  private said = "";
  private readonly waiting = new Set<() => void>();
  private readonly closed: Promise<unknown>;

  private constructor(
    private readonly name: string,
    readonly child: ChildProcessWithoutNullStreams,
    private readonly guard: ChildProcessWithoutNullStreams | null,
  ) {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        this.said += text;
        for (const look of this.waiting) look();
      });
    }
    // What was meant for one that has ended is told by how it ended.
    child.stdin.on("error", () => undefined);
    this.closed = once(child, "close");
    this.closed.catch(() => undefined);
  }

  /** Runs in a group of its own, which a small shell ends when we let go of it or are gone. */
  static start(name: string, { args = [], cwd, env }: Started): Program {
    const child = spawn(name, args, { cwd, env, detached: true });
    const end = 'read -r _; kill -s TERM -- "-$1"';
    const guard = spawn("/bin/sh", ["-c", end, "sh", String(child.pid)], { detached: true });
    return new Program(name, child, guard);
  }

  /** Runs until its input ends: it needs nobody else to end it. */
  static untilInputEnds(name: string, { args = [], cwd, env }: Started): Program {
    return new Program(name, spawn(name, args, { cwd, env, detached: true }), null);
  }

  output(): string {
    return this.said;
  }

  /** Waits for the program to say what is looked for, and gives back what was found. */
  says(what: RegExp): Promise<RegExpMatchArray> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = this.said.match(what);
        if (!found) return;
        this.waiting.delete(look);
        resolve(found);
      };
      this.waiting.add(look);
      look();
      const ended = () => reject(new Error(`${this.name} has ended:\n${this.said}`));
      this.closed.then(ended, ended);
    });
  }

  async stop(): Promise<void> {
    if (this.guard) this.guard.stdin.end();
    else this.child.stdin.end();
    await this.closed;
  }
}
