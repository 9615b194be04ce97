/**
 * What checked SQL costs: the compiler for 2,000 queries, and a program for one, beside the driver itself and the builder.
 *
 *     node bench/spikes/checked-sql.ts [--quick] [--types | --speed]
 *
 * The types are measured on two compilers, against the same program without them; each time is the least of its rounds, and
 * the time of the check alone. The aim for TypeScript 7 is 1.5 s.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { checkedQueries } from "../../src/query/checked/module.ts";
import {
  boolean,
  connect,
  createTables,
  defineSchema,
  eq,
  inArray,
  integer,
  table,
  text,
  timestamp,
} from "../../src/entry/main.ts";
import { compare } from "./compare.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const QUERIES = 2_000;
const isQuick = process.argv.includes("--quick");

const textOf = (at: number): string =>
  `select id, name, is_active as "isActive", created_at as "createdAt", ${at} as "n${at}" from people where id = :id and name <> :name`;

/** The module that `plinth check` writes, with as many queries. */
function moduleCode(count: number): string {
  const texts = Array.from({ length: count }, (_, at) => JSON.stringify(textOf(at)));
  const types = texts.map(
    (key, at) =>
      `${key}: { params: { id: number; name: string }; row: { id: number; name: string; isActive: boolean; createdAt: Date; n${at}: number } };`,
  );
  const facts = (at: number): string =>
    `{ parameters: [["id", "integer"], ["name", "text"]], columns: [["id", "integer"], ["name", "text"], ["isActive", "boolean"], ["createdAt", "timestamp"], ["n${at}", "integer"]], writes: [] }`;
  const data = texts.map((key, at) => `${key}: { sqlite: ${facts(at)}, postgres: ${facts(at)} },`);
  return `import { checkedQueries, type CheckedQueries } from "plinth";
declare global {
  namespace Plinth {
    interface Queries {
      ${types.join("\n      ")}
    }
  }
}
export const queries: CheckedQueries = checkedQueries({
  format: 1,
  databases: ["sqlite", "postgres"],
  types: { integer: { kind: "integer", bits: 32 }, text: { kind: "text" }, boolean: { kind: "boolean" }, timestamp: { kind: "timestamp", mode: "date", precision: 3 } },
  texts: { ${data.join("\n    ")} },
  named: {},
  files: {},
});
`;
}

/** A program that runs each query once, and uses its row; without them it has as many functions of another kind. */
function programCode(count: number, isChecked: boolean): string {
  const functions = Array.from({ length: count }, (_, at) =>
    isChecked
      ? `export async function find${at}(db: Database, id: number): Promise<number> {
  const row = await db.query(${JSON.stringify(textOf(at))}, { id, name: "x" }).one();
  return row.n${at} + row.createdAt.getTime();
}`
      : `export async function find${at}(db: Database, id: number): Promise<number> {
  const row = await one<{ n${at}: number; createdAt: Date }>(db, ${JSON.stringify(textOf(at))}, { id, name: "x" });
  return row.n${at} + row.createdAt.getTime();
}`,
  );
  return `import type { Database } from "plinth";
declare function one<Row>(db: Database, text: string, params: object): Promise<Row>;
void one;
${functions.join("\n")}
`;
}

interface Cost {
  readonly checkMs: number;
  readonly totalMs: number;
}

function compileCost(compiler: string, folder: string): Cost {
  const { stdout } = spawnSync(
    process.execPath,
    [join(root, "node_modules", compiler, "bin/tsc"), "-p", folder, "--extendedDiagnostics"],
    { encoding: "utf8" },
  );
  if (stdout.includes("error TS")) throw new Error(stdout.slice(0, 2_000));
  const read = (name: string): number =>
    1_000 * Number(new RegExp(`^${name}:\\s+([\\d.]+)`, "m").exec(stdout)?.[1]);
  return { checkMs: read("Check time"), totalMs: read("Total time") };
}

function least(costs: readonly Cost[]): Cost {
  return {
    checkMs: Math.min(...costs.map(({ checkMs }) => checkMs)),
    totalMs: Math.min(...costs.map(({ totalMs }) => totalMs)),
  };
}

function measureTypes(): void {
  const folders = [false, true].map((isChecked) => {
    const folder = mkdtempSync(join(tmpdir(), "plinth-checked-"));
    writeFileSync(join(folder, "program.ts"), programCode(QUERIES, isChecked));
    if (isChecked) writeFileSync(join(folder, "plinth.queries.ts"), moduleCode(QUERIES));
    writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
    const compilerOptions = {
      typeRoots: [join(root, "node_modules/@types")],
      paths: { plinth: [join(root, "src/entry/main.ts")] },
    };
    const configuration = { extends: join(root, "tsconfig.json"), compilerOptions, include: ["."] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(configuration));
    return folder;
  });
  try {
    console.log(`\n${QUERIES} checked queries, beside the same program without their types`);
    for (const compiler of ["typescript-7", "typescript"]) {
      const costs = folders.map((): Cost[] => []);
      for (let round = 0; round < (isQuick ? 1 : 5); round++)
        folders.forEach((folder, at) => costs[at]!.push(compileCost(compiler, folder)));
      const [without, checked] = costs.map(least) as [Cost, Cost];
      const extra = (key: keyof Cost): string => `${Math.round(checked[key] - without[key])} ms`;
      console.log(
        `  ${compiler.padEnd(14)} check + ${extra("checkMs")}, in all + ${extra("totalMs")}`,
      );
    }
  } finally {
    for (const folder of folders) rmSync(folder, { recursive: true });
  }
}

const people = table("people", {
  id: integer().primaryKey(),
  name: text().notNull(),
  isActive: boolean().notNull(),
  createdAt: timestamp().notNull(),
});
const BY_KEY =
  'select id, name, is_active as "isActive", created_at as "createdAt" from people where id = :id';
const BY_KEYS = "select id from people where id in (:ids)";
const COLUMNS = [
  ["id", "integer"],
  ["name", "text"],
  ["isActive", "boolean"],
  ["createdAt", "timestamp"],
] as const;
const anywhere = (facts: object) =>
  Object.fromEntries(["sqlite", "postgres", "mysql"].map((family) => [family, facts]));
const queries = checkedQueries({
  format: 1,
  databases: [],
  types: {
    integer: { kind: "integer", bits: 32 },
    text: { kind: "text" },
    boolean: { kind: "boolean" },
    timestamp: { kind: "timestamp", mode: "date", precision: 3 },
  },
  texts: {
    [BY_KEY]: anywhere({ parameters: [["id", "integer"]], columns: COLUMNS }),
    [BY_KEYS]: anywhere({ parameters: [["ids", "integer"]], columns: [["id", "integer"]] }),
  },
  named: {},
  files: {},
});

const ROWS = 10_000;
const keysOf = (turn: number, length: number): number[] =>
  Array.from({ length }, (_, at) => 1 + ((turn * 7919 + at * 31) % ROWS));

async function measureSpeed(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "plinth-checked-"));
  const file = join(folder, "bench.db");
  const db = await connect(`sqlite:${file}`, {
    schema: defineSchema({ people }),
    queries,
    warnOfRepeats: false,
  });
  // What the compiler knows of a program's own queries is no matter here.
  const ask = db.query.bind(db) as unknown as (
    text: string,
    params: object,
  ) => {
    first(): Promise<unknown>;
    then: Promise<unknown>["then"];
  };
  try {
    await createTables(db, defineSchema({ people }));
    const createdAt = new Date(1_700_000_000_000);
    const rows = keysOf(0, 0).concat(Array.from({ length: ROWS }, (_, at) => at + 1));
    await db
      .insert(people)
      .values(rows.map((id) => ({ id, name: `person ${id}`, isActive: id % 2 === 0, createdAt })));
    const raw = new DatabaseSync(file);
    const byKey = raw.prepare(BY_KEY);
    const byKeys = raw.prepare(
      `select id from people where id in (${Array(32).fill("?").join(", ")})`,
    );
    await compare("a row by its key, SQLite", {
      "node:sqlite, prepared": (turn) => byKey.get({ id: 1 + (turn % ROWS) }),
      builder: (turn) =>
        db
          .from(people)
          .where(eq(people.id, 1 + (turn % ROWS)))
          .first(),
      "checked SQL": (turn) => ask(BY_KEY, { id: 1 + (turn % ROWS) }).first(),
    });
    await compare("32 rows by a list of keys, SQLite", {
      "node:sqlite, prepared": (turn) => byKeys.all(...keysOf(turn, 32)),
      builder: (turn) =>
        db
          .select({ id: people.id })
          .from(people)
          .where(inArray(people.id, keysOf(turn, 32))),
      "checked SQL": (turn) => ask(BY_KEYS, { ids: keysOf(turn, 32) }),
    });
    raw.close();
  } finally {
    await db.close();
    rmSync(folder, { recursive: true });
  }
}

if (!process.argv.includes("--speed")) measureTypes();
if (!process.argv.includes("--types")) await measureSpeed();
