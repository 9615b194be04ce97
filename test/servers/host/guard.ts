import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { cleanUp, type Belonging } from "./cleanup.ts";
import type { Message } from "./watchdog.ts";

/** What must be gone when this process is, in whatever way it ends. */
export interface Guard {
  add(belonging: Belonging): void;
  /** The process ended by itself; its id may soon belong to a stranger. */
  forgetProcess(pid: number): void;
  /** Ends and removes everything now. Resolves when it is done. */
  release(): Promise<void>;
}

export function createGuard(): Guard {
  const watchdog = spawn(
    process.execPath,
    [
      "--disable-warning=ExperimentalWarning",
      fileURLToPath(new URL("./watchdog.ts", import.meta.url)),
    ],
    // A session of its own: Ctrl-C in the terminal reaches the starter, not the watchdog.
    { detached: true, stdio: ["pipe", "ignore", "inherit"], cwd: "/" },
  );
  let belongings: Belonging[] = [];

  // Whoever started the servers may end without waiting for the watchdog: that is its trade.
  watchdog.unref();
  const pipe = watchdog.stdin;
  if ("unref" in pipe && typeof pipe.unref === "function") pipe.unref();
  // Written to after somebody killed the watchdog: `release` notices and does its work here.
  pipe.on("error", () => {});

  const tell = (message: Message): void => {
    pipe.write(`${JSON.stringify(message)}\n`);
  };

  return {
    add(belonging) {
      belongings.push(belonging);
      tell({ add: belonging });
    },
    forgetProcess(pid) {
      belongings = belongings.filter((each) => each.kind !== "process" || each.pid !== pid);
      tell({ forgetProcess: pid });
    },
    async release() {
      if (watchdog.exitCode === null && watchdog.signalCode === null) {
        watchdog.ref();
        const ended = once(watchdog, "exit");
        pipe.end();
        await ended;
      }
      // Killed before it could do its work.
      if (watchdog.exitCode !== 0) await cleanUp(belongings);
      belongings = [];
    },
  };
}
