/**
 * From the start of a process to the first row read on SQLite, by small programs that do only that.
 *
 * They are JavaScript, so that no stripping of types is measured.
 */
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { median } from "./statistics.ts";

export interface ColdStart {
  readonly name: string;
  readonly aboveEmptyMs: number;
  readonly memoryBytes: number;
}

export interface ColdStarts {
  /** What a program takes that does nothing but answer. */
  readonly emptyMs: number;
  readonly emptyMemoryBytes: number;
  /** The quickest first. */
  readonly programs: readonly ColdStart[];
}

const folder = new URL("../cold/", import.meta.url);
const notPrograms = new Set(["answer.mjs", "customer-columns.mjs"]);
const empty = "empty";

export function coldStartNames(): string[] {
  const programs = readdirSync(folder).filter(
    (file) => file.endsWith(".mjs") && !notPrograms.has(file),
  );
  return programs.map((file) => file.slice(0, -".mjs".length)).filter((name) => name !== empty);
}

/** Runs the programs in turn and takes each one's difference to the empty one of the same turn. */
export async function measureColdStarts(
  names: readonly string[],
  sqliteFile: string,
  runs: number,
): Promise<ColdStarts> {
  const differences = new Map<string, number[]>(names.map((name) => [name, []]));
  const memory = new Map<string, number>();
  const empties: { ms: number; memoryBytes: number }[] = [];
  // The first run fills the file cache and does not count.
  for (let run = 0; run <= runs; run++) {
    const base = await start(empty, sqliteFile);
    if (run > 0) empties.push(base);
    for (let i = 0; i < names.length; i++) {
      const name = names[(i + run) % names.length]!;
      const { ms, memoryBytes } = await start(name, sqliteFile);
      memory.set(name, memoryBytes);
      if (run > 0) differences.get(name)!.push(ms - base.ms);
    }
  }
  const starts = names.map((name) => ({
    name,
    aboveEmptyMs: median(differences.get(name)!),
    memoryBytes: memory.get(name)!,
  }));
  return {
    emptyMs: median(empties.map(({ ms }) => ms)),
    emptyMemoryBytes: median(empties.map(({ memoryBytes }) => memoryBytes)),
    programs: starts.sort((a, b) => a.aboveEmptyMs - b.aboveEmptyMs),
  };
}

async function start(
  name: string,
  sqliteFile: string,
): Promise<{ ms: number; memoryBytes: number }> {
  const begun = performance.now();
  const program = fileURLToPath(new URL(`${name}.mjs`, folder));
  const child = spawn(process.execPath, ["--no-warnings", program, sqliteFile], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let ms: number | undefined;
  let output = "";
  let complaint = "";
  child.stdout.on("data", (chunk) => {
    ms ??= performance.now() - begun;
    output += chunk;
  });
  child.stderr.on("data", (chunk) => (complaint += chunk));
  await new Promise((resolve) => child.once("close", resolve));
  if (ms === undefined)
    throw new Error(`The cold start of ${name} failed:\n${complaint.slice(-1500)}`);
  return { ms, memoryBytes: Number(output) };
}
