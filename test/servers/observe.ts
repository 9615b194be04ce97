// What the tests of the servers look at: who runs, and what a database answers.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import pg from "pg";
import { startMark } from "./host/cleanup.ts";
import { connectMariadb } from "./mariadb-connection.ts";

/** @returns The first column of the first row, as text. */
export async function query(url: string, sql: string): Promise<string> {
  if (url.startsWith("mariadb:")) {
    const connection = await connectMariadb(url);
    try {
      const rows = (await connection.query({ sql, rowsAsArray: true })) as unknown[][];
      return String(rows[0]?.[0]);
    } finally {
      await connection.end();
    }
  }
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<unknown[]>({ text: sql, rowMode: "array" });
    return String(rows[0]?.[0]);
  } finally {
    await client.end();
  }
}

/** Everything that runs in the folder or names it among its arguments. */
export function processesIn(path: string): number[] {
  return allProcesses().filter(
    (pid) => commandOf(pid).includes(path) || cwdOf(pid).startsWith(path),
  );
}

export function watchdogOf(parent: number): number {
  const found = allProcesses().find(
    (pid) => commandOf(pid).includes("watchdog.ts") && parentOf(pid) === parent,
  );
  if (found === undefined) throw new Error(`Process ${parent} has no watchdog.`);
  return found;
}

function allProcesses(): number[] {
  const ids =
    process.platform === "linux" ? readdirSync("/proc") : ps("-A", "-o", "pid=").split("\n");
  return ids.map(Number).filter((pid) => pid > 0 && pid !== process.pid && startMark(pid));
}

export function commandOf(pid: number): string {
  if (process.platform !== "linux") return ps("-o", "command=", "-p", String(pid));
  return readProc(() => readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " "));
}

function cwdOf(pid: number): string {
  return process.platform === "linux" ? readProc(() => readlinkSync(`/proc/${pid}/cwd`)) : "";
}

function parentOf(pid: number): number {
  if (process.platform !== "linux") return Number(ps("-o", "ppid=", "-p", String(pid)));
  return Number(
    /^PPid:\s*(\d+)/m.exec(readProc(() => readFileSync(`/proc/${pid}/status`, "utf8")))?.[1],
  );
}

function ps(...args: string[]): string {
  return spawnSync("ps", args, { encoding: "utf8" }).stdout.trim();
}

/** A process may end between the listing and the look. */
function readProc(read: () => string): string {
  try {
    return read();
  } catch {
    return "";
  }
}
