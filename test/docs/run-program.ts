import { execFile, spawn, type ChildProcessByStdio } from "node:child_process";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";

const hook = fileURLToPath(new URL("./plinth-from-sources.mjs", import.meta.url));

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a TypeScript program that imports `plinth`, as a process of its own whose output is not a terminal. */
export function runProgram(
  file: string,
  options: {
    readonly parameters?: readonly string[];
    /** Of Node itself. */
    readonly flags?: readonly string[];
    readonly folder?: string;
    readonly env?: Readonly<Record<string, string | undefined>>;
  } = {},
): Promise<Outcome> {
  const { env = {}, flags = [], folder, parameters = [] } = options;
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [...flags, "--import", hook, file, ...parameters],
      { cwd: folder, encoding: "utf8", env: { ...process.env, ...env }, timeout: 300_000 },
      (error, out, err) => {
        resolve({ code: error === null ? 0 : Number(error.code ?? 1), out, err });
      },
    );
  });
}

/** As `runProgram`, for one that goes on until it is ended. */
export function spawnProgram(
  file: string,
  options: { readonly parameters: readonly string[]; readonly folder: string },
): ChildProcessByStdio<null, Readable, null> {
  return spawn(process.execPath, ["--import", hook, file, ...options.parameters], {
    cwd: options.folder,
    stdio: ["ignore", "pipe", "inherit"],
  });
}
