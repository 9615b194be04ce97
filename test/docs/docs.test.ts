import { execFile } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  ConfigError,
  connect,
  createTables,
  defineSchema,
  integer,
  table,
  UnsupportedError,
  type Capabilities,
} from "plinth";
import { mysqlDialect } from "plinth/mysql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../../scripts/prepare.mjs";
import { createTestDatabase, testServers, type TestDatabase } from "../servers/databases.ts";
import { blocksOf, listPages, pageUrl, readBlocks, type Block } from "./blocks.ts";
import { runProgram } from "./run-program.ts";

const pages = listPages(root);
const blocks = pages.flatMap((page) => readBlocks(root, page));

let folder: string;
let complaints: ReadonlyMap<string, readonly string[]>;
const outcomes = new Map<string, BlockOutcome>();

/** Compiles all blocks at once, as strictly as the project itself. Gives what is wrong, by place. */
async function compile(all: readonly Block[], inFolder: string): Promise<Map<string, string[]>> {
  writeFileSync(join(inFolder, "package.json"), JSON.stringify({ type: "module" }));
  const config = {
    extends: join(root, "tsconfig.json"),
    compilerOptions: { typeRoots: [join(root, "node_modules/@types")] },
    include: ["*/main.ts"],
  };
  writeFileSync(join(inFolder, "tsconfig.json"), JSON.stringify(config));
  for (const { code, name } of all) writeProgram(inFolder, name, code);
  const out = await new Promise<string>((resolve) => {
    const compiler = join(root, "node_modules/typescript-7/bin/tsc");
    execFile(
      process.execPath,
      [compiler, "-p", "tsconfig.json", "--pretty", "false"],
      { cwd: inFolder, encoding: "utf8" },
      (_error, stdout, stderr) => resolve(stdout + stderr),
    );
  });
  const found = new Map<string, string[]>();
  const add = (place: string, what: string) =>
    found.set(place, [...(found.get(place) ?? []), what]);
  for (const line of out.split("\n").filter((text) => /\berror\b/i.test(text))) {
    const [, file, number = "1", what = line] = /^(.+)\((\d+),\d+\): (.*)$/.exec(line) ?? [];
    const block = all.find(({ name }) => file === `${name}/main.ts`);
    if (block !== undefined)
      add(block.place, `line ${Number(number) - block.setupLineCount}: ${what}`);
    // What is wrong in the sources themselves, the types gate tells.
    else if (file === undefined) add("", line);
  }
  return found;
}

function writeProgram(inFolder: string, name: string, code: string): void {
  mkdirSync(join(inFolder, name), { recursive: true });
  writeFileSync(join(inFolder, name, "main.ts"), code);
}

interface BlockOutcome {
  readonly out: string;
  /** What it threw. */
  readonly error: string | null;
}

/** Of one process: what a block connects stays open until the process ends, and a server has so many connections. */
const BLOCKS_TOGETHER = 40;

/** Runs blocks one after the other, each in a folder of its own. */
async function run(some: readonly Block[], inFolder: string): Promise<[string, BlockOutcome][]> {
  const found: [string, BlockOutcome][] = [];
  for (let from = 0; from < some.length; from += BLOCKS_TOGETHER) {
    const together = some.slice(from, from + BLOCKS_TOGETHER);
    const results = await runTogether(together.map(({ name }) => join(inFolder, name, "main.ts")));
    for (const [index, { place }] of together.entries()) found.push([place, results[index]!]);
  }
  return found;
}

async function runTogether(files: readonly string[]): Promise<BlockOutcome[]> {
  const { code, err, out } = await runProgram(
    fileURLToPath(new URL("run-blocks.mjs", import.meta.url)),
    {
      parameters: files,
      env: { DATABASE_URL: undefined, NO_COLOR: undefined, FORCE_COLOR: undefined },
    },
  );
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return JSON.parse(out) as BlockOutcome[];
}

/** What pages show Plinth beside. */
const neighbours = ["fastify", "hono", "redis"];

function temporaryFolder(): string {
  const made = realpathSync(mkdtempSync(join(tmpdir(), "plinth-docs-")));
  mkdirSync(join(made, "node_modules"));
  for (const name of neighbours)
    symlinkSync(join(root, "node_modules", name), join(made, "node_modules", name));
  return made;
}

/** Does it for each, a few at a time: most of it is waiting for processes and servers. */
async function forEach<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const rest = [...items];
  const worker = async (): Promise<void> => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(item);
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
}

beforeAll(async () => {
  folder = temporaryFolder();
  complaints = await compile(blocks, folder);
  await forEach(pages, async (page) => {
    const ofPage = blocks.filter((block) => block.isRun && block.place.startsWith(`${page}:`));
    for (const [place, outcome] of await run(ofPage, folder)) outcomes.set(place, outcome);
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("there are pages, and code in each of the guide", () => {
  expect(pages).toEqual(
    expect.arrayContaining([
      "README.md",
      "docs/guide/connecting.md",
      "docs/guide/declaring.md",
      "docs/guide/errors.md",
      "docs/guide/querying.md",
    ]),
  );
  // What is about SQL and the command line has no program.
  for (const page of pages.filter((name) => name !== "docs/guide/lint.md"))
    expect(
      blocks.filter((block) => block.place.startsWith(`${page}:`)).length,
      page,
    ).toBeGreaterThan(0);
  expect(blocks.filter((block) => block.isRun).length).toBeGreaterThan(blocks.length / 2);
  expect(blocks.filter((block) => block.isPortable).length).toBeGreaterThan(blocks.length / 2);
  expect(complaints.get("")).toBeUndefined();
});

describe("the code in the pages", () => {
  test.each(blocks.map((block) => [block.place, block] as const))("%s", (place, block) => {
    expect(complaints.get(place)).toBeUndefined();
    if (!block.isRun) return;

    const outcome = outcomes.get(place);
    expect(outcome).toMatchObject({ error: null });
    if (block.prints !== undefined) expect(outcome?.out).toBe(block.prints);
  });
});

const servers = testServers().filter(({ name }) => !name.startsWith("sqlite"));

describe.each(servers)("the same code on $name", (server) => {
  const portable = blocks.filter((block) => block.isPortable);
  const databases: TestDatabase[] = [];
  const found = new Map<string, BlockOutcome>();

  beforeAll(async () => {
    const own = join(folder, server.name.replace(" ", "-"));
    await forEach(portable, async ({ code, name }) => {
      const database = await createTestDatabase(server);
      databases.push(database);
      writeProgram(own, name, code.replaceAll(pageUrl, JSON.stringify(database.url)));
    });
    for (const [place, outcome] of await run(portable, own)) found.set(place, outcome);
  });
  afterAll(async () => {
    await forEach(databases, (database) => database.drop());
  });

  test.each(portable.map((block) => [block.place, block] as const))("%s", (place, block) => {
    const outcome = found.get(place);
    expect(outcome).toMatchObject({ error: null });
    if (block.prints !== undefined) expect(outcome?.out).toBe(block.prints);
  });
});

test("the code in README is thirty lines or less", () => {
  const [first] = readBlocks(root, "README.md");

  expect(first?.code.split("\n").filter((line) => line !== "").length).toBeLessThanOrEqual(30);
});

test("the pages lead to files that are there", () => {
  const dead: string[] = [];
  let linkCount = 0;
  const internals = readdirSync(join(root, "docs/internals")).map(
    (name) => `docs/internals/${name}`,
  );
  for (const page of [...pages, ...internals, "CONTRIBUTING.md"]) {
    const text = readFileSync(join(root, page), "utf8").replaceAll(/^```.*?^```/gms, "");
    for (const [, target = ""] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      linkCount++;
      const [path = "", anchor] = target.split("#");
      const file = path === "" ? join(root, page) : join(root, dirname(page), path);
      if (!existsSync(file)) dead.push(`${page}: ${target}`);
      else if (anchor !== undefined && !anchorsOf(readFileSync(file, "utf8")).includes(anchor))
        dead.push(`${page}: ${target}`);
    }
  }

  expect(dead).toEqual([]);
  expect(linkCount).toBeGreaterThan(5);
});

/** As a heading becomes a link: in lowercase, without punctuation, with hyphens for spaces. */
function anchorsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

test("every row of a table has as many cells as its head", () => {
  const uneven: string[] = [];
  let rowCount = 0;
  for (const page of pages) {
    let width = 0;
    readFileSync(join(root, page), "utf8")
      .split("\n")
      .forEach((line, index) => {
        const cellCount = line.startsWith("|") ? line.split(/(?<!\\)\|/).length : 0;
        if (width === 0 || cellCount === 0) width = cellCount;
        else if (cellCount !== width) uneven.push(`${page}:${index + 1}`);
        if (cellCount > 0) rowCount++;
      });
  }

  expect(uneven).toEqual([]);
  expect(rowCount).toBeGreaterThan(100);
});

test("the page of errors has every code, once, with its class and what to do", () => {
  const page = readFileSync(join(root, "docs/errors.md"), "utf8");
  const sections = page.split(/^### /m).slice(1);
  const listed = sections.map((section) => section.split("\n")[0]);
  const source = readFileSync(join(root, "src/core/error.ts"), "utf8");
  const union = /export type ErrorCode =([^;]*);/.exec(source)?.[1] ?? "";
  const codes = [...union.matchAll(/"(E_[A-Z_]+)"/g)].map(([, code]) => code);

  expect(codes.length).toBeGreaterThan(30);
  expect(new Set(listed)).toEqual(new Set(codes));
  expect(listed).toHaveLength(codes.length);
  for (const section of sections) {
    expect(section).toMatch(/^- Class: `\w+Error`$/m);
    expect(section).toMatch(/^- What to do: .+$/m);
  }
});

describe("the options in connecting.md are those that there are", () => {
  const page = readFileSync(join(root, "docs/guide/connecting.md"), "utf8");

  /** The first column of the table under a heading. */
  function listed(heading: string): string[] {
    const section = page.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? "";
    return [...section.matchAll(/^\| `([a-z_]+)`/gm)].map(([, name = ""]) => name);
  }

  // Options are read before anything is sent, so nothing has to answer there.
  test.each([
    ["SQLite", "sqlite::memory:"],
    ["PostgreSQL", "postgres://app@127.0.0.1:1/app"],
    ["PGlite", "pglite:"],
    ["MariaDB and MySQL", "mariadb://app@127.0.0.1:1/app"],
  ])("%s", async (heading, url) => {
    const refused = connect(`${url}?no_such_option=1`);

    const error = (await refused.catch((reason: unknown) => reason)) as ConfigError;
    expect(error).toBeInstanceOf(ConfigError);
    const known = /^Known are (.*)\.$/.exec(error.hint ?? "")?.[1]?.split(", ") ?? [];
    expect(known.length).toBeGreaterThan(1);
    expect(new Set(listed(heading))).toEqual(new Set(known));
  });
});

describe("what README says works where", () => {
  const lines = readFileSync(join(root, "README.md"), "utf8").split("\n");
  const cellsOf = (line: string) => line.split("|").map((cell) => cell.trim());
  const head = cellsOf(lines.find((line) => /^\| +\| SQLite/.test(line)) ?? "");

  /** What a row of the table says of a database. */
  function said(row: string, database: string): string | undefined {
    const cells = cellsOf(lines.find((line) => cellsOf(line)[1]?.startsWith(row)) ?? "");
    return cells[head.indexOf(database)];
  }

  function expectSaid(database: string, can: Capabilities): void {
    const refused = (has: boolean) => (has ? "yes" : "refused");
    const byKey = (has: boolean) => (has ? "yes" : "rows read by key");
    expect({
      fullJoin: said("`fullJoin`", database),
      forUpdate: said("`forUpdate`", database),
      inserted: said("`returning()` of an insert", database),
      updated: said("`returning()` of an update", database),
      writers: said("several writers", database),
      tables: said("a failed `createTables`", database),
    }).toEqual({
      fullJoin: refused(can.fullJoin),
      forUpdate: refused(can.rowLocks),
      inserted: byKey(can.insertReturning && can.deleteReturning),
      updated: byKey(can.updateReturning),
      writers: can.concurrentWriters ? "yes" : "one; the others wait",
      tables: can.transactionalDdl ? "yes" : "no",
    });
  }

  const titles = { sqlite: "SQLite", postgres: "PostgreSQL", mariadb: "MariaDB" };

  test.each(testServers())("is so on $name", async (server) => {
    const database = await createTestDatabase(server);
    const db = await connect(database.url);
    const title = titles[db.server.product as keyof typeof titles];
    const notes = table("note", { id: integer().primaryKey() });
    await createTables(db, defineSchema({ notes }));

    expectSaid(title, db.can);
    const kept = db.insert(notes).values({ id: 1 }).onConflict(notes.id).ignore().returning();
    const outcome = await kept.then(
      () => "yes",
      (error: unknown) => (error instanceof UnsupportedError ? "refused" : String(error)),
    );
    expect(said("`returning()` behind", title)).toBe(outcome);

    await db.close();
    await database.drop();
  });

  test("is so in what Plinth knows of MySQL", () => {
    expectSaid("MySQL", mysqlDialect({ product: "mysql", version: [8, 4, 0] }).can);
  });
});

describe("how the pages are checked", () => {
  const fence = "```";

  test("a block is found with its setup, and with what it prints", () => {
    const page = `# Page

${fence}ts setup
const a = 1;
${fence}

Then:

${fence}ts
console.log(a);
${fence}

${fence}text
1
${fence}

${fence}ts no-run
a.toFixed();
${fence}

${fence}ts alone
const b = 2;
${fence}

prints:

${fence}text
nothing
${fence}

${fence}sh
npm test
${fence}
`;

    expect(
      blocksOf("page.md", page).map(({ code, isRun, place, prints }) => [
        place,
        code,
        isRun,
        prints,
      ]),
    ).toEqual([
      ["page.md:3", "const a = 1;\n", true, undefined],
      ["page.md:9", "const a = 1;\nconsole.log(a);\n", true, "1\n"],
      ["page.md:17", "const a = 1;\na.toFixed();\n", false, undefined],
      ["page.md:21", "const b = 2;\n", true, undefined],
    ]);
  });

  test("a mark that means nothing, and a fence without an end, are refused", () => {
    expect(() => blocksOf("page.md", `${fence}ts norun\n${fence}\n`)).toThrow('what is "norun"');
    expect(() => blocksOf("page.md", `${fence}ts\nconst a = 1;\n`)).toThrow("no end");
  });

  test("a block that does not compile is told by its line", async () => {
    const at = temporaryFolder();
    try {
      const page = `${fence}ts setup\nconst a = 1;\n${fence}\n\n${fence}ts\n\nconst b: string = a;\n${fence}\n`;
      const found = await compile(blocksOf("page.md", page), at);

      expect([...found.keys()]).toEqual(["page.md:5"]);
      expect(found.get("page.md:5")?.[0]).toMatch(/^line 2: error TS2322/);
    } finally {
      rmSync(at, { recursive: true, force: true });
    }
  });
});
