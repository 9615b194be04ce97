/** `plinth check --watch`: the same command in a process of its own whenever a file changes, as modules are read once. */

import { spawn, type ChildProcess } from "node:child_process";
import { readdirSync, watch, type FSWatcher } from "node:fs";
import { join } from "node:path";

/** Editors write a file in several steps. */
const QUIET_MS = 100;

const READ = /\.(?:[cm]?[jt]sx?|sql)$/;
const LEFT_OUT = /^(?:\..*|node_modules|dist|build|out|coverage)$/;

/** All folders of a project, each watched by itself: those that are left out have thousands. */
class Folders {
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #onChange: (path: string) => void;

  constructor(folder: string, onChange: (path: string) => void) {
    this.#onChange = onChange;
    this.#add(folder);
  }

  close(): void {
    for (const watcher of this.#watchers.values()) watcher.close();
  }

  #add(folder: string): void {
    if (this.#watchers.has(folder)) return;
    try {
      const watcher = watch(folder, (_, name) => this.#changed(folder, name));
      watcher.on("error", () => this.#drop(folder));
      this.#watchers.set(folder, watcher);
      for (const entry of readdirSync(folder, { withFileTypes: true }))
        if (entry.isDirectory() && !LEFT_OUT.test(entry.name)) this.#add(join(folder, entry.name));
    } catch {
      // It is gone already.
      this.#drop(folder);
    }
  }

  #drop(folder: string): void {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
  }

  #changed(folder: string, name: string | null): void {
    if (name === null) return;
    const path = join(folder, name);
    if (READ.test(name)) this.#onChange(path);
    else if (!LEFT_OUT.test(name)) this.#addIfNew(path);
  }

  /** A folder that came with files in it is a change, too. */
  #addIfNew(path: string): void {
    if (this.#watchers.has(path)) return;
    this.#add(path);
    if (this.#watchers.has(path)) this.#onChange(path);
  }
}

class Checks {
  readonly #argv: readonly string[];
  #running: ChildProcess | undefined;
  #isWanted = false;
  #timer: NodeJS.Timeout | undefined;
  #isEnded = false;

  constructor(argv: readonly string[]) {
    this.#argv = argv;
  }

  /** Soon: several changes are checked together. */
  want(): void {
    this.#isWanted = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#start(), QUIET_MS);
  }

  end(): void {
    this.#isEnded = true;
    clearTimeout(this.#timer);
    this.#running?.kill();
  }

  #start(): void {
    if (this.#running !== undefined || this.#isEnded || !this.#isWanted) return;
    this.#isWanted = false;
    const [, program = ""] = process.argv;
    const parameters = [...process.execArgv, program, "check", ...this.#argv];
    this.#running = spawn(process.execPath, parameters, { stdio: "inherit" });
    this.#running.on("close", () => {
      this.#running = undefined;
      this.#start();
    });
  }
}

/** @returns The exit code, once somebody ends it. */
export function watchChecks(argv: readonly string[], folder: string, out: string): Promise<number> {
  const checks = new Checks(argv.filter((word) => word !== "--watch"));
  const folders = new Folders(folder, (path) => {
    if (path !== out) checks.want();
  });
  checks.want();
  return new Promise((resolve) => {
    const end = (): void => {
      process.off("SIGINT", end);
      process.off("SIGTERM", end);
      checks.end();
      folders.close();
      resolve(0);
    };
    process.on("SIGINT", end);
    process.on("SIGTERM", end);
  });
}
