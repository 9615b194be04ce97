import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { startMark } from "./cleanup.ts";
import type { Guard } from "./guard.ts";
import { freePort, waitUntil } from "./ports.ts";

export interface Identity {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Whom the servers run as: `nobody` when we are root, because PostgreSQL refuses to run as root;
 * otherwise ourselves (`undefined`).
 */
export function serverIdentity(): Identity | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((each) => each.startsWith("nobody:"));
  const [, , uid, gid] = line?.split(":") ?? [];
  if (uid === undefined || gid === undefined) {
    throw new Error(
      "Run as root, the test servers need the user `nobody`, and /etc/passwd has none. " +
        "Run `useradd --system nobody`, or run the tests as another user than root.",
    );
  }
  return { uid: Number(uid), gid: Number(gid) };
}

/** A server, or a command that prepares one, ended before it was of use. */
export class LaunchError extends Error {
  readonly log: string;

  constructor(message: string, log: string) {
    super(log === "" ? message : `${message}\n${log.replace(/^/gm, "    | ")}`);
    this.name = "LaunchError";
    this.log = log;
  }
}

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  /** What the program sees as its own name. */
  readonly argv0?: string;
  /** Owned by the server's user: working directory and place for temporary files. */
  readonly directory: string;
  readonly logFile: string;
  readonly identity: Identity | undefined;
  readonly guard: Guard;
  /** The quickest way to end it that leaves nothing behind outside its directory. */
  readonly signal: NodeJS.Signals;
}

function start(command: Command): ChildProcess & { readonly pid: number } {
  const log = openSync(command.logFile, "a");
  try {
    const child = spawn(command.file, command.args, {
      cwd: command.directory,
      env: environment(command.directory),
      detached: true,
      stdio: ["ignore", log, log],
      ...(command.argv0 === undefined ? {} : { argv0: command.argv0 }),
      ...command.identity,
    });
    // Without a listener, a program that cannot be executed would end this process.
    child.on("error", (error) =>
      writeFileSync(command.logFile, `${error.message}\n`, { flag: "a" }),
    );
    if (child.pid === undefined) {
      throw new LaunchError(`${command.file} could not be executed.`, "");
    }
    const { pid } = child;
    const mark = startMark(pid);
    if (mark !== undefined) {
      command.guard.add({ kind: "process", pid, mark, signal: command.signal });
    }
    child.once("exit", () => command.guard.forgetProcess(pid));
    child.unref();
    return Object.assign(child, { pid });
  } finally {
    closeSync(log);
  }
}

/** Settings of the developer's own servers must not reach ours. */
function environment(directory: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(PG|MYSQL|MARIADB)/.test(name));
  return { ...Object.fromEntries(kept), TMPDIR: directory };
}

/** Runs a command to its end. */
export async function run(command: Command, timeoutMs: number): Promise<void> {
  const child = start(command);
  const ended = await waitUntil(() => hasEnded(child), timeoutMs, 10);
  if (ended && child.exitCode === 0) return;
  throw new LaunchError(
    ended
      ? `${command.file} failed with ${child.signalCode ?? `exit code ${child.exitCode}`}.`
      : `${command.file} took longer than ${timeoutMs / 1000} s.`,
    tail(command.logFile),
  );
}

/** Starts a server and waits until it says that it is ready. */
export async function serve(
  command: Command,
  isReady: () => boolean | Promise<boolean>,
  timeoutMs: number,
): Promise<number> {
  const child = start(command);
  let ready = false;
  await waitUntil(async () => hasEnded(child) || (ready = await isReady()), timeoutMs, 10);
  if (ready && !hasEnded(child)) return child.pid;
  throw new LaunchError(
    hasEnded(child)
      ? `${command.file} ended while starting, with ${child.signalCode ?? `exit code ${child.exitCode}`}.`
      : `${command.file} was not ready after ${timeoutMs / 1000} s.`,
    tail(command.logFile),
  );
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function tail(logFile: string): string {
  if (!existsSync(logFile)) return "";
  return readFileSync(logFile, "utf8").trimEnd().split("\n").slice(-15).join("\n");
}

/** Between our look at a port and the server's own, somebody else may have taken it. */
export async function onFreePort<Result>(
  attempt: (port: number) => Promise<Result>,
  choose: () => Promise<number> = freePort,
): Promise<Result> {
  for (let left = 5; ; left--) {
    try {
      return await attempt(await choose());
    } catch (error) {
      const taken = error instanceof LaunchError && /address already in use/i.test(error.log);
      if (!taken || left <= 1) throw error;
    }
  }
}

/** Servers live in `sbin`, which an ordinary user's PATH leaves out. */
const alsoLookIn = [
  "/usr/sbin",
  "/usr/local/sbin",
  "/usr/local/bin",
  "/opt/homebrew/bin",
  "/opt/homebrew/sbin",
];

/** @returns The full path of an installed program, or `undefined`. */
export function findProgram(name: string): string | undefined {
  return [...(process.env.PATH ?? "").split(delimiter), ...alsoLookIn]
    .filter((folder) => folder.startsWith("/"))
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
}
