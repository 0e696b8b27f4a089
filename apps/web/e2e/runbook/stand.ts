/** What a new operator has in front of them: an empty Postgres, the programs, a terminal, and Meta. */
import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { test as base } from "@playwright/test";
import pg from "pg";
import { variable } from "./book";
import { Program } from "./processes";
import { Terminal } from "./terminal";

const WEB = path.resolve(import.meta.dirname, "../../dist");

/** Where `cargo build` has put the programs. */
const programs = process.env["PROGRAMS_DIR"];

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("There is no free port");
  return address.port;
}

export class Stand {
  private readonly running: { output(): string; stop(): Promise<void> }[] = [];
  private readonly env: NodeJS.ProcessEnv;
  private admin = "";
  apiUrl = "";
  simulatorUrl = "";

  private constructor(readonly dir: string) {
    const own = programs ?? "";
    // Nothing else: a variable of whoever runs the test must not reach the product.
    this.env = { PATH: `${own}:${process.env["PATH"]}`, HOME: dir, LANG: "C.UTF-8" };
    for (const name of ["CENTRALITA_PG", "CENTRALITA_PG_BIN"]) {
      if (process.env[name]) this.env[name] = process.env[name];
    }
  }

  static async open(): Promise<Stand> {
    const stand = new Stand(await mkdtemp(path.join(tmpdir(), "first-day-")));
    try {
      await stand.begin();
    } catch (error) {
      await stand.close();
      throw error;
    }
    return stand;
  }

  private async begin(): Promise<void> {
    const { dir, env } = this;
    const cache = path.join(programs ?? "", "../testkit/pg-bin");
    const postgres = Program.untilInputEnds("pgcluster", {
      args: [path.join(dir, "pg"), cache],
      cwd: dir,
      env,
    });
    this.running.push(postgres);
    const meta = Program.start("simulator", {
      args: ["--port", "0"],
      cwd: dir,
      env: { ...env, NO_COLOR: "1" },
    });
    this.running.push(meta);
    [this.admin = ""] = await postgres.says(/^postgres:\S+/m);
    [this.simulatorUrl = ""] = await meta.says(/http:\/\/127\.0\.0\.1:\d+/);
    this.apiUrl = `http://127.0.0.1:${await freePort()}`;
  }

  /** What the operator writes into the file of variables beside what the commands put there. */
  async writeVariables(): Promise<void> {
    const lines = [
      variable("PORT", new URL(this.apiUrl).port),
      variable("WEB_DIR", WEB),
      variable("GRAPH_BASE_URL", this.simulatorUrl),
      variable("APP_ENV", "development"),
    ];
    await appendFile(path.join(this.dir, "centralita.env"), lines.join(""));
  }

  terminal(): Terminal {
    const terminal = new Terminal(this.dir, this.env, [
      ["https://api.ejemplo.com", this.apiUrl],
      ["https://api.example.com", this.apiUrl],
      ["https://graph.facebook.com", this.simulatorUrl],
    ]);
    this.running.push({ output: () => terminal.output(), stop: () => terminal.close() });
    return terminal;
  }

  /** What Postgres's administrator does, with a password for the role, and where the database is then. */
  async makeDatabase(statements: string): Promise<string> {
    const role = /CREATE ROLE (\w+)/.exec(statements)?.[1];
    const database = /CREATE DATABASE (\w+)/.exec(statements)?.[1];
    if (!role || !database) throw new Error(`No role and database are made by:\n${statements}`);
    const password = `${role}-secret`;
    const client = new pg.Client({ connectionString: this.admin });
    await client.connect();
    try {
      // One at a time: several in one message would be a transaction, which makes no database.
      for (const statement of statements.split(";").filter((text) => text.trim())) {
        await client.query(statement.replace("'…'", `'${password}'`));
      }
    } finally {
      await client.end();
    }
    const { host } = new URL(this.admin);
    return `postgres://${role}:${password}@${host}/${database}`;
  }

  /** What was printed, for whoever looks at a failure. */
  output(): string {
    return this.running.map((one) => one.output().slice(-4000)).join("\n════\n");
  }

  /** Stops the last first. */
  async close(): Promise<void> {
    for (const one of this.running.reverse()) await one.stop();
    await rm(this.dir, { recursive: true, force: true });
  }
}

export const test = base.extend<{ stand: Stand }>({
  stand: [
    // biome-ignore lint/correctness/noEmptyPattern: the first argument has to be a pattern.
    async ({}, use, info) => {
      const stand = await Stand.open();
      await use(stand);
      if (info.status !== info.expectedStatus) console.log(stand.output());
      await stand.close();
    },
    { timeout: 120_000 },
  ],
});
