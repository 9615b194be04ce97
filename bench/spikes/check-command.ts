/**
 * What `plinth check` takes for a project of 300 queries, made by a fixed seed, on SQLite and PostgreSQL.
 *
 *     node bench/spikes/check-command.ts [--quick]
 *
 * Runs the command as it is shipped: `npm run build` goes before it.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const checkout = fileURLToPath(new URL("../../", import.meta.url));
const isQuick = process.argv.includes("--quick");
const TABLES = 30;

/** Source: mulberry32. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below) | 0;
  };
}

const table = (at: number): string => `things_${at}`;

function schemaCode(): string {
  const tables = Array.from({ length: TABLES }, (_, at) => {
    const parent = at === 0 ? "" : `\n  parentId: integer().references(() => things${at - 1}.id),`;
    return `export const things${at} = table("${table(at)}", {
  id: integer().primaryKey(),${parent}
  name: text().notNull(), note: text(), amount: decimal({ precision: 10, scale: 2 }).notNull(), level: level().notNull(),
  score: integer(), details: json<{ tags: string[] }>().notNull(), isOpen: boolean().notNull(), createdAt: timestamp().notNull(),
});`;
  });
  return `import { boolean, decimal, enumType, integer, json, table, text, timestamp } from "plinth";
const level = enumType("level", ["low", "middle", "high"]);
${tables.join("\n")}
`;
}

type Make = (at: number, random: (below: number) => number) => string;

/** Kinds of statements as programs have them; the number makes each another one. */
const kinds: readonly Make[] = [
  (at, random) =>
    `select id, name, note, amount, details, created_at from ${table(random(TABLES))} where id = :id and score <> ${at}`,
  (at, random) => {
    const own = 1 + random(TABLES - 1);
    return `select c.id, c.name, p.name as parent, p.amount as parent_amount from ${table(own)} c left join ${table(own - 1)} p on p.id = c.parent_id where c.created_at > :since and c.score < ${at} order by c.name limit :count`;
  },
  (at, random) =>
    `select level, count(*) as total, max(score) as best from ${table(random(TABLES))} where score > ${at} group by level having count(*) > :least`,
  (at, random) =>
    `insert into ${table(random(TABLES))} (id, name, note, amount, level, details, is_open, created_at) values (:id, 'n${at}', :note, :amount, :level, :details, :open, :at) returning id, created_at`,
  (at, random) =>
    `update ${table(random(TABLES))} set note = :note, score = ${at} where id in (:ids) returning id, note`,
  (at, random) =>
    `with recent as (select id, name, score from ${table(random(TABLES))} where created_at > :since) select name, coalesce(score, ${at}) as score from recent where score is not null union all select name, score from ${table(random(TABLES))} where level = :level`,
  (at, random) =>
    `select id, row_number() over (partition by level order by created_at) as place, lag(name) over (order by id) as before from ${table(random(TABLES))} where score = ${at}`,
  (at, random) =>
    `select id, name from ${table(random(TABLES))} where score = ${at} /*if name*/ and name like :name /*end*/ /*if level*/ and level = :level /*end*/`,
  (at, random) =>
    `select a.id, (select max(b.score) from ${table(random(TABLES))} b where b.name = a.name) as best, exists (select 1 from ${table(random(TABLES))} x where x.id = a.id) as "found: boolean" from ${table(random(TABLES))} a where a.score = ${at}`,
  (at, random) =>
    `delete from ${table(random(TABLES))} where created_at < :before and score = ${at}`,
];

function textsOf(count: number): string[] {
  const random = randomOf(7);
  return Array.from({ length: count }, (_, at) => kinds[at % kinds.length]!(at, random));
}

function createProject(count: number, databases: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "plinth-bench-"));
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(checkout, join(folder, "node_modules/plinth"), "junction");
  write("package.json", '{ "type": "module" }');
  const check = JSON.stringify({ databases });
  write("plinth.config.ts", `export default { schema: "src/schema.ts", check: ${check} };`);
  write("src/schema.ts", schemaCode());
  const texts = textsOf(count);
  const perFile = 10;
  for (let from = 0; from < count; from += perFile) {
    const calls = texts
      .slice(from, from + perFile)
      .map((text, at) => `  await db.query(${JSON.stringify(text)}, given[${at}]);\n`);
    const head = `import type { Executor } from "plinth";\nimport "../plinth.queries.ts";\n`;
    write(
      `src/queries/part-${from / perFile}.ts`,
      `${head}// oxlint-disable-next-line no-explicit-any\nexport async function run(db: Executor, given: any[]): Promise<void> {\n${calls.join("")}}\n`,
    );
  }
  return folder;
}

function check(folder: string, ...argv: string[]): { seconds: number; out: string } {
  const begin = performance.now();
  const program = join(checkout, "bin/plinth.cjs");
  const { status, stderr, stdout } = spawnSync(process.execPath, [program, "check", ...argv], {
    cwd: folder,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`plinth check failed.\n${stdout}${stderr}`);
  return { seconds: (performance.now() - begin) / 1_000, out: stdout.split("\n")[0]! };
}

function measure(
  what: string,
  runs: number,
  prepare: () => void,
  work: () => { seconds: number; out: string },
): void {
  const found = Array.from({ length: runs }, () => {
    prepare();
    return work();
  }).toSorted((one, other) => one.seconds - other.seconds);
  const { out, seconds } = found[found.length >> 1]!;
  console.log(`${what.padEnd(44)} ${seconds.toFixed(2).padStart(6)} s   ${out}`);
}

function measureChecks(): void {
  const runs = isQuick ? 1 : 5;
  const folder = createProject(300, ["sqlite", "postgres"]);
  const drop = (path: string): void => rmSync(join(folder, path), { recursive: true, force: true });
  try {
    const all = (): void => {
      drop(".plinth");
      drop("node_modules/.cache");
    };
    measure("cold: no image, no metadata", runs, all, () => check(folder));
    measure(
      "everything again, PGlite from its image",
      runs,
      () => drop(".plinth"),
      () => check(folder),
    );
    measure(
      "warm: nothing has changed",
      runs,
      () => {},
      () => check(folder),
    );
    let turn = 0;
    const change = (): void => {
      const text = `select id, ${turn++} as turn from ${table(0)}`;
      writeFileSync(join(folder, "src/new.ts"), `db.query(${JSON.stringify(text)});`);
    };
    measure("one query is new", runs, change, () => check(folder));
    measure(
      "--offline",
      runs,
      () => {},
      () => check(folder, "--offline"),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

measureChecks();
