// A project in a folder of its own, with the command line as people type it.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as print from "./print.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const bin = process.env["PLINTH_BIN"] ?? join(root, "bin/plinth.cjs");

export interface Project {
  readonly folder: string;
  write(name: string, text: string): void;
  read(name: string): string;
  /** Shows the command and what it prints. */
  run(...argv: string[]): void;
}

export function createProject(folder: string): Project {
  mkdirSync(join(folder, "node_modules"), { recursive: true });
  // As `npm install plinth` would have done.
  symlinkSync(root, join(folder, "node_modules/plinth"), "junction");
  return {
    folder,
    write: (name, text) => writeFileSync(join(folder, name), text),
    read: (name) => readFileSync(join(folder, name), "utf8"),
    run(...argv) {
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        [...process.execArgv, bin, ...argv],
        { cwd: folder, encoding: "utf8", env: { ...process.env, DATABASE_URL: "" } },
      );
      if (status !== 0) throw new Error(`plinth ${argv.join(" ")}\n${stdout}${stderr}`);
      print.shell(`plinth ${argv.join(" ")}`, stdout);
    },
  };
}
