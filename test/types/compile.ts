import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../../scripts/prepare.mjs";

export interface Compiled {
  /** What the compiler says, by the line of the source that it is about. */
  readonly errors: ReadonlyMap<number, string>;
  readonly instantiations: number;
  readonly checkMs: number;
}

/** Compiles a source that imports `plinth` with the settings of the project. */
export function compile(source: string): Compiled {
  const folder = mkdtempSync(join(tmpdir(), "plinth-types-"));
  try {
    writeFileSync(join(folder, "source.ts"), source);
    writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
    const compilerOptions = {
      typeRoots: [join(root, "node_modules/@types")],
      paths: { plinth: [join(root, "src/entry/main.ts")] },
    };
    const configuration = { extends: join(root, "tsconfig.json"), compilerOptions, include: ["."] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(configuration));
    // One thread: several count shared types twice, and differently each time.
    const { stdout } = spawnSync(
      process.execPath,
      [
        join(root, "node_modules/typescript-7/bin/tsc"),
        "-p",
        folder,
        "--extendedDiagnostics",
        "--singleThreaded",
        "--pretty",
        "false",
      ],
      { cwd: folder, encoding: "utf8" },
    );
    const errors = new Map<number, string>();
    let line: number | undefined;
    for (const text of stdout.split("\n")) {
      const found = /^(\S+)\((\d+),\d+\): error TS\d+: (.*)$/.exec(text);
      if (found !== null) {
        line = found[1] === "source.ts" ? Number(found[2]) : undefined;
        if (line !== undefined) errors.set(line, `${errors.get(line) ?? ""}${found[3]}\n`);
      } else if (line !== undefined && text.startsWith("  ")) {
        errors.set(line, `${errors.get(line)}${text}\n`);
      } else line = undefined;
    }
    return {
      errors,
      instantiations: numberAt(stdout, "Instantiations"),
      checkMs: numberAt(stdout, "Check time") * 1_000,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function numberAt(output: string, name: string): number {
  const found = new RegExp(`^${name}:\\s+([\\d.]+)`, "m").exec(output)?.[1];
  if (found === undefined) throw new Error(`The compiler tells no "${name}":\n${output}`);
  return Number(found);
}
