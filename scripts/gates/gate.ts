import { spawnSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, sep } from "node:path";
import { stripVTControlCharacters } from "node:util";

/** What a gate saw. One that read nothing has failed, whatever it says. */
export interface Report {
  /** How many it read, and of what: `143`, `"modules"`. */
  readonly read: number;
  readonly of: string;
  readonly note?: string;
  readonly violations: readonly string[];
}

/** Looks at the project in the folder `root`. */
export type Gate = (root: string) => Report | Promise<Report>;

export interface ToolOutput {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs the JavaScript of an installed tool.
 *
 * @param script Below node_modules.
 * @throws when the tool could not be started at all.
 */
export function runTool(root: string, script: string, parameters: readonly string[]): ToolOutput {
  const path = join(root, "node_modules", script);
  if (!existsSync(path)) throw new Error(`node_modules/${script} is missing. Run: npm ci`);
  const folder = mkdtempSync(join(tmpdir(), "plinth-tool-"));
  try {
    // Into a file: a tool that ends itself with process.exit() leaves what a pipe hasn't taken yet unsaid.
    const printed = join(folder, "stdout");
    const file = openSync(printed, "w");
    const done = spawnSync(process.execPath, [path, ...parameters], {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", file, "pipe"],
      maxBuffer: 256 * 1024 * 1024,
    });
    closeSync(file);
    if (done.error) throw done.error;
    // Some tools colour what they print where CI is set, terminal or not.
    const plain = stripVTControlCharacters;
    const stdout = plain(readFileSync(printed, "utf8"));
    return { code: done.status ?? 1, stdout, stderr: plain(done.stderr) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a tool printed, as JSON. A tool that printed something else has failed, and its words are the error. */
export function readJson<Shape>(output: ToolOutput): Shape {
  try {
    return JSON.parse(output.stdout) as Shape;
  } catch {
    throw new Error(`${output.stdout}${output.stderr}`.trim() || `exit code ${output.code}`);
  }
}

/** The files below the folders that exist, as paths with `/` from `root`, in a stable order. */
export function listFiles(root: string, folders: readonly string[], pattern = /\.ts$/): string[] {
  return folders.flatMap((folder) =>
    existsSync(join(root, folder))
      ? readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile() && pattern.test(entry.name))
          .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join("/"))
          .filter((path) => !path.includes("node_modules/"))
          .sort()
      : [],
  );
}

/** Of what should have been read, what was not. */
export function findUnread(expected: readonly string[], read: Iterable<string>): string[] {
  const seen = new Set(read);
  return expected.filter((path) => !seen.has(path)).map((path) => `${path}: was not read`);
}

export const codeFolders: readonly string[] = ["src", "test", "examples", "scripts"];
