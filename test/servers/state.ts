import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { startMark } from "./host/cleanup.ts";
import { addressOf, isListening } from "./host/ports.ts";
import type { Problems, ServerName, Servers } from "./names.ts";

/** What `npm run servers` leaves in the checkout for whoever wants to use its servers. */
export interface State {
  /** The process that ends the servers when it is told to (SIGTERM). */
  readonly pid: number;
  /** Tells that process from a later one with the same id. */
  readonly mark: string;
  readonly directory: string;
  readonly servers: Servers;
  readonly problems: Problems;
}

export const defaultStateFile: string = fileURLToPath(
  new URL("../../.plinth-servers.json", import.meta.url),
);

/**
 * The servers that stay up for everybody, if there are any.
 *
 * @returns `undefined` when there is no file, or it tells of a process that is gone, or one of
 * its servers does not answer any more.
 */
export async function readState(stateFile: string): Promise<State | undefined> {
  const state = parseState(stateFile);
  if (state === undefined || startMark(state.pid) !== state.mark) return undefined;
  const answers = await Promise.all(
    Object.values(state.servers).map(async ({ url }) => {
      const address = addressOf(url);
      return address !== undefined && (await isListening(address.host, address.port, 2_000));
    }),
  );
  return answers.every(Boolean) ? state : undefined;
}

function parseState(stateFile: string): State | undefined {
  try {
    const state = JSON.parse(readFileSync(stateFile, "utf8")) as Partial<State>;
    const isWhole =
      typeof state.pid === "number" &&
      typeof state.mark === "string" &&
      typeof state.servers === "object";
    return isWhole ? (state as State) : undefined;
  } catch {
    return undefined;
  }
}

export function writeState(stateFile: string, state: State): void {
  // Whoever reads a half-written file finds no JSON and takes it for no file. A URL of the
  // environment may hold a password, so nobody else may read it.
  writeFileSync(stateFile, `${JSON.stringify(state, undefined, 2)}\n`, { mode: 0o600 });
}

/**
 * Asks the process that keeps the servers to end them.
 *
 * @returns Its id, or `undefined` when none is left; then the stale file is removed.
 */
export function askToStop(stateFile: string): number | undefined {
  const state = parseState(stateFile);
  if (state === undefined || startMark(state.pid) !== state.mark) {
    rmSync(stateFile, { force: true });
    return undefined;
  }
  process.kill(state.pid, "SIGTERM");
  return state.pid;
}

/** Those of `wanted` that the running servers do not include. */
export function missingFrom(state: State, wanted: readonly ServerName[]): ServerName[] {
  return wanted.filter((name) => state.servers[name] === undefined);
}
