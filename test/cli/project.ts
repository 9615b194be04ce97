// For tests of the command line: a project in a folder of its own.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { main } from "../../src/cli/main.ts";
import { runProgram } from "../docs/run-program.ts";

const bin = fileURLToPath(new URL("bin.ts", import.meta.url));

export interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface TestProject {
  readonly folder: string;
  write(path: string, text: string): void;
  run(...argv: string[]): Promise<Answer>;
  /** As a process of its own, in which the project's modules import `plinth`. */
  spawn(...argv: string[]): Promise<Answer>;
  remove(): void;
}

export function createProject(files: Readonly<Record<string, string>> = {}): TestProject {
  const folder = mkdtempSync(join(tmpdir(), "plinth-cli-"));
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  for (const [path, text] of Object.entries(files)) write(path, text);
  return {
    folder,
    write,
    async run(...argv) {
      let out = "";
      let err = "";
      const terminal = {
        stdout: { write: (text: string) => (out += text) },
        stderr: { write: (text: string) => (err += text) },
      };
      const code = await main(argv, terminal, folder);
      return { code, out, err };
    },
    spawn: (...argv) => runProgram(bin, { parameters: argv, folder }),
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }),
  };
}
