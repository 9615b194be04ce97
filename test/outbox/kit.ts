// For the tests beside this file.
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { connect, createTables, type Database } from "plinth";
import { createTestDatabase, type TestServer } from "../servers/databases.ts";
import { schema } from "./schema.ts";

export const isLong: boolean = process.env["PLINTH_TEST_LONG"] !== undefined;

export type Connected = Database<typeof schema>;

/** Connections to one database, each as if of a process of its own. */
export interface Shared extends AsyncDisposable {
  readonly url: string;
  open(): Promise<Connected>;
}

/** An empty database with the tables. */
export async function shared(server: TestServer): Promise<Shared> {
  const database = await createTestDatabase(server);
  const opened: Connected[] = [];
  const open = async (): Promise<Connected> => {
    // One in memory is of its one connection.
    if (server.name === "sqlite memory" && opened.length > 0) return opened[0]!;
    // Of several connections that write without a pause, and a busy machine, one may wait for the writer for long.
    const isFile = server.name === "sqlite file";
    const db = await connect(`${database.url}${isFile ? "?acquire_timeout=60s" : ""}`, { schema });
    opened.push(db);
    return db;
  };
  await createTables(await open(), schema);
  return {
    url: database.url,
    open,
    [Symbol.asyncDispose]: async () => {
      for (const db of opened) await db.close();
      await database.drop();
    },
  };
}

/** Starts `program.ts`; it is ready when this resolves. */
export async function startProgram(role: string, url: string): Promise<ChildProcess> {
  const child = fork(fileURLToPath(new URL("./program.ts", import.meta.url)), [role, url], {
    execArgv: [
      "--no-warnings",
      "--import",
      fileURLToPath(new URL("../docs/plinth-from-sources.mjs", import.meta.url)),
    ],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const [word] = (await once(child, "message")) as [unknown];
  if (word !== "ready") throw new Error(`The program said ${String(word)}.`);
  return child;
}

export async function until(
  isSo: () => Promise<boolean> | boolean,
  timeoutMs = 40_000,
): Promise<void> {
  const endMs = performance.now() + timeoutMs;
  while (!(await isSo())) {
    if (performance.now() > endMs) throw new Error("It did not come to be so in time.");
    await sleep(10);
  }
}

export const sleep = (durationMs: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, durationMs));

/** Figures, printed with the run. */
export function report(text: string): void {
  process.stdout.write(`  ${text}\n`);
}

/** Numbers from 0 up to 1, the same for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
