import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { waitUntil } from "./ports.ts";

/** Something that must not outlive the process that started the servers. */
export type Belonging =
  | {
      readonly kind: "process";
      readonly pid: number;
      /** What `startMark` said at the start: a later process with the same id is a stranger. */
      readonly mark: string;
      readonly signal: NodeJS.Signals;
    }
  | { readonly kind: "directory"; readonly path: string }
  | { readonly kind: "compose"; readonly project: string; readonly file: string }
  | { readonly kind: "stateFile"; readonly path: string; readonly owner: number };

/**
 * Tells one life of a process id from the next.
 *
 * @returns `undefined` when no such process runs. A zombie, dead but not yet waited for by its
 * parent, does not run.
 */
export function startMark(pid: number): string | undefined {
  if (process.platform === "linux") {
    let stat: string;
    try {
      stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    } catch {
      return undefined;
    }
    // The second field is the command in parentheses and may hold spaces. After it come the
    // state (field 3) and, as field 22, the start in clock ticks since boot. Source: proc(5).
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? undefined : fields[19];
  }
  try {
    const line = execFileSync("ps", ["-o", "state=,lstart=", "-p", String(pid)], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
    return line === "" || line.startsWith("Z") ? undefined : line.split(/\s+/).slice(1).join(" ");
  } catch {
    return undefined;
  }
}

/** Ends processes first, all at once, then removes what they wrote. Never throws. */
export async function cleanUp(belongings: readonly Belonging[]): Promise<void> {
  // First, so that nobody reads the URLs of servers that are about to go.
  for (const each of belongings) if (each.kind === "stateFile") removeStateFile(each);

  await Promise.all(
    belongings.map(async (each) => {
      if (each.kind === "process") await endProcess(each);
    }),
  );

  // After the processes, one of which may be about to create a container.
  for (const each of belongings) if (each.kind === "compose") endCompose(each);

  for (const each of belongings) {
    if (each.kind !== "directory") continue;
    await endOthersIn(each.path);
    try {
      rmSync(each.path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    } catch (error) {
      process.stderr.write(`Could not remove ${each.path}: ${String(error)}\n`);
    }
  }
}

/** How often in a row nobody may be found, 40 ms apart: one that is being started is not there yet. */
const EMPTY_LOOKS = 3;

/**
 * Ends whoever works in a directory. The starter may be killed between starting a process and telling of it. Linux only:
 * elsewhere no process tells another where it works.
 */
async function endOthersIn(directory: string): Promise<void> {
  if (process.platform !== "linux") return;
  let emptyLooks = 0;
  await waitUntil(
    () => {
      const pids = workersIn(directory);
      for (const pid of pids) send(pid, "SIGKILL");
      emptyLooks = pids.length === 0 ? emptyLooks + 1 : 0;
      return emptyLooks >= EMPTY_LOOKS;
    },
    5_000,
    40,
  );
}

/** Who works in the directory and has no terminal: ours are started without one, a person who looks around has one. */
function workersIn(directory: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
        // Field 7, behind the command in parentheses. Source: proc(5).
        const terminal = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[4];
        return (
          terminal === "0" && `${readlinkSync(`/proc/${pid}/cwd`)}/`.startsWith(`${directory}/`)
        );
      } catch {
        // Gone meanwhile, or somebody else's.
        return false;
      }
    });
}

async function endProcess(each: Belonging & { kind: "process" }): Promise<void> {
  const isGone = (): boolean => startMark(each.pid) !== each.mark;
  if (isGone()) return;
  send(each.pid, each.signal);
  if (each.signal !== "SIGKILL" && (await waitUntil(isGone, 5_000))) return;

  // The whole group: a starting script leaves children behind when only it is killed.
  if (!isGone()) send(-each.pid, "SIGKILL");
  await waitUntil(isGone, 5_000);
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Ended by itself in the meantime.
  }
}

function endCompose(each: Belonging & { kind: "compose" }): void {
  const args = ["compose", "-p", each.project, "-f", each.file, "down", "--volumes", "--timeout=1"];
  try {
    execFileSync("docker", args, { stdio: "ignore", timeout: 60_000 });
  } catch (error) {
    process.stderr.write(
      `Could not end the containers of ${each.project}: ${String(error)}\n` +
        `Run \`docker compose -p ${each.project} down --volumes\`.\n`,
    );
  }
}

function removeStateFile(each: Belonging & { kind: "stateFile" }): void {
  try {
    const state = JSON.parse(readFileSync(each.path, "utf8")) as { pid?: unknown };
    if (state.pid === each.owner) rmSync(each.path, { force: true });
  } catch {
    // Already removed, or written anew by somebody else.
  }
}
