/** An operator's terminal: the runbook's blocks are typed into it as they stand. */
import { Program } from "./processes";

/** The runbook's example addresses, and where those are here. */
type Places = readonly (readonly [example: string, here: string])[];

export class Terminal {
  private readonly shell: Program;
  private count = 0;

  constructor(
    cwd: string,
    env: NodeJS.ProcessEnv,
    private readonly places: Places,
  ) {
    // The first command that fails ends it.
    this.shell = Program.start("bash", { args: ["-e"], cwd, env });
    this.shell.child.stdin.write("set -o pipefail; exec 2>&1\n");
  }

  /** Types a block, answers what its `read` asks for, and gives back what was printed. */
  async run(block: string, answers: Record<string, string> = {}): Promise<string> {
    this.count += 1;
    const [from, mark] = [this.shell.output().length, `--- done ${this.count} ---`];
    this.type(block, answers);
    this.shell.child.stdin.write(`printf '\\n%s\\n' '${mark}'\n`);
    await this.shell.says(new RegExp(`^${mark}$`, "m"));
    return this.shell.output().slice(from).replace(mark, "").trim();
  }

  /** Types a block whose last command keeps the terminal. */
  type(block: string, answers: Record<string, string> = {}): void {
    for (const line of block.split("\n")) {
      const here = this.places.reduce((text, [example, place]) => text.replaceAll(example, place), line);
      this.shell.child.stdin.write(`${here}\n`);
      const asked = /^read -\w+ '(\w+): '/.exec(line)?.[1];
      if (!asked) continue;
      const answer = answers[asked];
      if (answer === undefined) throw new Error(`The runbook asks for ${asked}, which nobody answers`);
      this.shell.child.stdin.write(`${answer}\n`);
    }
  }

  output(): string {
    return this.shell.output();
  }

  close(): Promise<void> {
    return this.shell.stop();
  }
}
