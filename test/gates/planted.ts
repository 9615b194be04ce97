import { execFile } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { root } from "../../scripts/prepare.mjs";

/** What the gates read besides the code: the same files that they read in the project. */
const configuration = [
  ".dependency-cruiser.mjs",
  ".oxfmtrc.json",
  ".oxlintrc.json",
  "knip.json",
  "tsconfig.build.json",
  "tsconfig.json",
  "scripts/gates/floors.ts",
  "scripts/gates/report-dead-code.mjs",
  "test/types/tsconfig.json",
];

const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  exports: Record<string, unknown>;
};

/** The manifest of a clean project, with more packages than it uses. */
export function manifestWith(packages: Readonly<Record<string, string>>): Record<string, string> {
  const manifest = {
    name: "plinth",
    version: "0.1.0",
    license: "MIT",
    files: ["dist"],
    type: "module",
    exports,
    devDependencies: { "dependency-cruiser": "*", ...packages },
  };
  return { "package.json": `${JSON.stringify(manifest, undefined, 2)}\n` };
}

/** A project in which every gate passes. */
const clean: Readonly<Record<string, string>> = {
  ...manifestWith({}),
  "src/core/word.ts": `export function joinWords(words: readonly string[]): string {
  return words.join(" ");
}
`,
  "src/schema/name.ts": `import { joinWords } from "../core/word.ts";

export function nameTable(...words: string[]): string {
  return joinWords(words);
}
`,
  "src/entry/main.ts": `export { nameTable } from "../schema/name.ts";\n`,
  "src/cli/main.ts": `import { nameTable } from "../entry/main.ts";

console.log(nameTable("a", "b"));
`,
};

export interface Outcome {
  readonly code: number;
  readonly output: string;
}

export interface Planted {
  readonly folder: string;
  /** Runs gates on it with the command that also runs them on the project. */
  check(...gates: string[]): Promise<Outcome>;
}

const planted: string[] = [];

/** Removes all that was planted. Tests that run side by side have no end of their own to do it at. */
export function uproot(): void {
  for (const folder of planted.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/**
 * Writes a clean project with some files of its own into a temporary folder.
 *
 * @param files Path and text; `undefined` takes a file of the clean project away.
 */
export function plant(files: Readonly<Record<string, string | undefined>> = {}): Planted {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "plinth-gate-")));
  planted.push(folder);
  for (const path of configuration) {
    cpSync(join(root, path), join(folder, path), { recursive: true });
  }
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "dir");
  for (const [path, text] of Object.entries({ ...clean, ...files })) {
    if (text === undefined) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return {
    folder,
    check: (...gates) =>
      new Promise((resolve) => {
        const script = join(root, "scripts", "check.ts");
        const env = { ...process.env, PLINTH_GATE_COUNTS: undefined };
        execFile(
          process.execPath,
          [script, "--root", folder, ...gates],
          { encoding: "utf8", env },
          (error, stdout, stderr) => {
            const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
            resolve({ code, output: stdout + stderr });
          },
        );
      }),
  };
}

/** A configuration file of the project, changed. */
export function changed(path: string, change: (text: string) => string): Record<string, string> {
  const before = readFileSync(join(root, path), "utf8");
  const after = change(before);
  if (after === before) throw new Error(`The change of ${path} changed nothing.`);
  return { [path]: after };
}
