/**
 * What checked SQL costs: the compiler for 2,000 queries, and a program for one, beside the driver itself and the builder.
 *
 *     node bench/spikes/checked-sql.ts [--quick] [--types | --speed] [URL …]
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
import type { CheckedQuery } from "../../src/query/checked/query.ts";
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

const people = table("checked_bench", {
  id: integer().primaryKey(),
  name: text().notNull(),
  isActive: boolean().notNull(),
  createdAt: timestamp().notNull(),
});
const BY_KEY =
  'select id, name, is_active as "isActive", created_at as "createdAt" from checked_bench where id = :id';
const BY_KEYS = "select id from checked_bench where id in (:ids)";
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

/** A driver by itself: a row by its key, kept prepared where the driver can, as objects. */
interface Raw {
  readonly title: string;
  one(id: number): unknown;
  close(): unknown;
}

const TEXT = BY_KEY.replace(":id", "?");

async function openRaw(url: string): Promise<Raw> {
  if (url.startsWith("sqlite:")) {
    const database = new DatabaseSync(url.slice("sqlite:".length));
    const statement = database.prepare(TEXT);
    return {
      title: "node:sqlite, prepared",
      one: (id) => statement.get(id),
      close: () => database.close(),
    };
  }
  if (url.startsWith("postgres")) {
    const { default: pg } = await import("pg");
    const client = new pg.Client(url);
    await client.connect();
    const text = BY_KEY.replace(":id", "$1");
    return {
      title: "pg, named",
      one: (id) => client.query({ name: "by key", text, values: [id] }).then(({ rows }) => rows[0]),
      close: () => client.end(),
    };
  }
  const { createConnection } = await import("mariadb");
  const connection = await createConnection(url.replace(/^mysql/, "mariadb"));
  // Its own sessions take a name in double quotes for a text.
  await connection.query("set sql_mode = concat(@@sql_mode, ',ANSI_QUOTES')");
  return {
    title: "mariadb, execute",
    one: (id) => connection.execute(TEXT, [id]).then(([row]: unknown[]) => row),
    close: () => connection.end(),
  };
}

async function measureSpeed(url: string): Promise<void> {
  const schema = defineSchema({ people });
  const db = await connect(url, { schema, queries, warnOfRepeats: false });
  // What the compiler knows of a program's own queries is no matter here.
  const ask = db.query.bind(db) as unknown as (
    text: string,
    params: object,
  ) => CheckedQuery<unknown>;
  await createTables(db, schema);
  const raw = await openRaw(url);
  try {
    const createdAt = new Date(1_700_000_000_000);
    const ids = Array.from({ length: ROWS }, (_, at) => at + 1);
    await db
      .insert(people)
      .values(ids.map((id) => ({ id, name: `person ${id}`, isActive: id % 2 === 0, createdAt })));
    const { product } = db.server;
    const keyOf = (turn: number): number => 1 + (turn % ROWS);
    await compare(`a row by its key, ${product}`, {
      [raw.title]: (turn) => raw.one(keyOf(turn)),
      builder: (turn) =>
        db
          .from(people)
          .where(eq(people.id, keyOf(turn)))
          .first(),
      "checked SQL": (turn) => ask(BY_KEY, { id: keyOf(turn) }).first(),
    });
    await compare(`32 rows by a list of keys, ${product}`, {
      builder: (turn) =>
        db
          .select({ id: people.id })
          .from(people)
          .where(inArray(people.id, keysOf(turn, 32))),
      "checked SQL": (turn) => ask(BY_KEYS, { ids: keysOf(turn, 32) }),
    });
  } finally {
    await raw.close();
    await db["~engine"].source.script("drop table checked_bench");
    await db.close();
  }
}

if (!process.argv.includes("--speed")) measureTypes();
if (!process.argv.includes("--types")) {
  const folder = mkdtempSync(join(tmpdir(), "plinth-checked-"));
  const servers = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
  for (const url of [`sqlite:${join(folder, "bench.db")}`, ...servers]) await measureSpeed(url);
  rmSync(folder, { recursive: true });
}
