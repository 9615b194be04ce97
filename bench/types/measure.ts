/** What types cost, by the compiler's own count and by the clock: TypeScript 7, TypeScript 6, and an editor on the latter. */
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import type { Table } from "../run/tables.ts";
import { drizzle } from "./drizzle.ts";
import { kysely } from "./kysely.ts";
import { plinth } from "./plinth.ts";
import { prisma } from "./prisma.ts";
import { filesOf, type TypeContender } from "./program.ts";

const contenders: readonly TypeContender[] = [plinth, drizzle, kysely, prisma];
const dataFolder = new URL("../.data/types/", import.meta.url);
const root = new URL("../../", import.meta.url);
const compilers = ["typescript-7", "typescript"] as const;
const QUERIES = 1_000;

interface Cost {
  readonly instantiations: number;
  readonly seconds: number;
}

interface EditorCost {
  readonly openMs: number;
  readonly hoverMs: number;
  readonly completeMs: number;
}

export interface TypesOptions {
  /** 10 tables, each compiled once. */
  readonly isQuick: boolean;
  readonly only: readonly string[] | undefined;
}

/** @returns A table for each size of a schema. */
export function measureTypes({ isQuick, only }: TypesOptions): Table[] {
  const wanted = contenders.filter(({ name }) => only?.includes(name) ?? true);
  const rounds = isQuick ? 1 : 3;
  return (isQuick ? [10] : [10, 100, 300]).map((tableCount) => ({
    title: `${tableCount} tables`,
    header: [
      "",
      "instantiations",
      "TypeScript 7, s",
      "1,000 queries, s",
      "TypeScript 6, s",
      "1,000 queries, s",
      "opened, ms",
      "hover, ms",
      "completion, ms",
    ],
    rows: wanted.map((contender) => rowOf(contender, tableCount, rounds)),
  }));
}

function rowOf(contender: TypeContender, tableCount: number, rounds: number): string[] {
  const tables = written(contender, tableCount, 0);
  const queries = written(contender, tableCount, QUERIES);
  const seconds = (value: number) => value.toFixed(2);
  const times = compilers.flatMap((compiler) => {
    const [without, with_] = [tables, queries].map((folder) => least(compiler, folder, rounds));
    return [seconds(without!.seconds), seconds(with_!.seconds - without!.seconds)];
  });
  const { instantiations } = compiled("typescript-7", queries);
  const { completeMs, hoverMs, openMs } = editorCost(queries);
  return [
    contender.title,
    instantiations.toLocaleString("en"),
    ...times,
    ...[openMs, hoverMs, completeMs].map((ms) => ms.toFixed(0)),
  ];
}

function written(contender: TypeContender, tableCount: number, queryCount: number): string {
  const folder = new URL(`${contender.name}-${tableCount}-${queryCount}/`, dataFolder);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const files = filesOf(contender, tableCount, queryCount);
  for (const [name, text] of Object.entries(files)) writeFileSync(new URL(name, folder), text);
  contender.prepare?.(folder);
  return fileURLToPath(folder);
}

function least(compiler: string, folder: string, rounds: number): Cost {
  const costs = Array.from({ length: rounds }, () => compiled(compiler, folder));
  return costs.reduce((best, cost) => (cost.seconds < best.seconds ? cost : best));
}

function compiled(compiler: string, folder: string): Cost {
  const program = fileURLToPath(new URL(`node_modules/${compiler}/bin/tsc`, root));
  // One thread: several count shared types twice, and differently each time.
  const flags = compiler === "typescript-7" ? ["--singleThreaded"] : [];
  const { status, stdout } = spawnSync(
    process.execPath,
    ["--max-old-space-size=6144", program, "-p", folder, "--extendedDiagnostics", ...flags],
    { encoding: "utf8", maxBuffer: 2 ** 26 },
  );
  if (status !== 0) throw new Error(`${folder} doesn't compile:\n${stdout.slice(0, 2_000)}`);
  const read = (name: string) => Number(new RegExp(`^${name}:\\s+([\\d.]+)`, "m").exec(stdout)![1]);
  return { instantiations: read("Instantiations"), seconds: read("Total time") };
}

function editorCost(folder: string): EditorCost {
  const program = fileURLToPath(new URL("editor.ts", import.meta.url));
  const done = spawnSync(
    process.execPath,
    ["--no-warnings", "--max-old-space-size=6144", program, folder],
    { encoding: "utf8" },
  );
  if (done.status !== 0) throw new Error(`The editor failed in ${folder}:\n${done.stderr}`);
  return JSON.parse(done.stdout) as EditorCost;
}
