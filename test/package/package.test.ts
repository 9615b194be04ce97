import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { buildForRelease, pack } from "../../scripts/pack.ts";
import { root } from "../../scripts/prepare.mjs";

const oldestNode = join(root, "tools/runtime-22/node_modules/.bin/node");
const isOldestHere = existsSync(oldestNode);
const nodes = [
  { name: "the Node it is developed on", node: process.execPath },
  ...(isOldestHere ? [{ name: "Node 22.18", node: oldestNode }] : []),
];

let consumer: string;
let packed: readonly string[];

beforeAll(() => {
  buildForRelease();
  consumer = realpathSync(mkdtempSync(join(tmpdir(), "plinth-consumer-")));
  cpSync(join(root, "test/package/consumer"), consumer, { recursive: true });
  writeFileSync(join(consumer, "package.json"), JSON.stringify({ type: "module", private: true }));
  const { files, tarball } = pack(root, consumer);
  packed = files;
  run("npm", ["install", "--offline", "--ignore-scripts", "--loglevel=error", tarball]);
}, 120_000);

afterAll(() => rmSync(consumer, { recursive: true, force: true }));

/** Runs a command as the consumer, and returns what it printed. */
function run(command: string, parameters: readonly string[]): string {
  const { code, err, out } = attempt(command, parameters);
  if (code !== 0) throw new Error(`${command} ${parameters.join(" ")}\n${out}${err}`);
  return out;
}

function attempt(
  command: string,
  parameters: readonly string[],
): { code: number | null; out: string; err: string } {
  const done = spawnSync(command, parameters, { cwd: consumer, encoding: "utf8" });
  if (done.error) throw done.error;
  return { code: done.status, out: done.stdout, err: done.stderr };
}

/** Runs the text of a module, which prints JSON. */
function evaluate(node: string, text: string): unknown {
  return JSON.parse(run(node, ["--input-type=module-typescript", "--eval", text]));
}

test("installs alone: nothing comes with it", () => {
  const installed = readdirSync(join(consumer, "node_modules")).filter(
    (name) => !name.startsWith("."),
  );
  expect(installed).toEqual(["plinth"]);
});

test("brings its licence, and the licences of what is bundled", () => {
  expect(packed).toContain("LICENSE");
  const maps = packed.filter((path) => path.endsWith(".js.map"));
  const sources = maps.flatMap(
    (path) => (JSON.parse(readFileSync(join(root, path), "utf8")) as { sources: string[] }).sources,
  );
  expect(maps.length).toBeGreaterThan(0);
  const bundled = new Set(
    sources.map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]),
  );
  for (const name of bundled) {
    if (name === undefined) continue;
    expect(readFileSync(join(root, "dist/THIRD-PARTY-LICENSES"), "utf8")).toMatch(
      new RegExp(`^${name}$`, "m"),
    );
  }
});

// Skipped, so that it shows, on a platform for which no such Node is brought.
(isOldestHere ? test : test.skip)("is tested on the oldest Node as well", () => {
  expect(run(oldestNode, ["--version"])).toBe("v22.18.0\n");
});

test("ships no syntax that the oldest Node cannot read", () => {
  const files = packed.filter((path) => path.endsWith(".js"));
  expect(files.length).toBeGreaterThan(5);
  for (const path of files) {
    expect(
      attempt(nodes.at(-1)!.node, ["--check", join("node_modules/plinth", path)]),
    ).toMatchObject({
      code: 0,
    });
  }
});

/** Node's own types, which every program for Node has, and no others. */
const nodeTypes = ["--types", "node", "--typeRoots", join(root, "node_modules/@types")];

describe("a strict program", () => {
  test.for(["typescript-7", "typescript"])(
    "compiles with %s and none of the optional packages",
    (compiler) => {
      const tsc = join(root, "node_modules", compiler, "bin/tsc");
      expect(attempt(process.execPath, [tsc, "-p", "tsconfig.json", ...nodeTypes])).toEqual({
        code: 0,
        out: "",
        err: "",
      });
    },
  );

  test("does not compile when it is wrong", () => {
    const folder = join(consumer, "wrong");
    mkdirSync(folder);
    cpSync(join(consumer, "tsconfig.json"), join(folder, "tsconfig.json"));
    writeFileSync(
      join(folder, "main.ts"),
      `import { integer, nothing } from "plinth";\nexport const id: string = integer();\nvoid nothing;\n`,
    );
    const tsc = join(root, "node_modules/typescript-7/bin/tsc");
    const { code, out } = attempt(process.execPath, [tsc, "-p", "wrong/tsconfig.json"]);
    rmSync(folder, { recursive: true });

    expect(out).toContain("TS2305");
    expect(out).toContain("TS2322");
    expect(code).not.toBe(0);
  });

  test.for(nodes)("runs on $name", ({ node }) => {
    expect(
      evaluate(node, `import { story } from "./main.ts"; console.log(JSON.stringify(story));`),
    ).toEqual({
      rows: [{ id: 2, name: "Grace", motto: "Dare and do." }],
      names: ["Ada", "Grace"],
      checked: [{ name: "Grace" }],
      motto: "Dare and do.",
      isCollision: true,
    });
  });
});

test("runs in one file of CommonJS, as a bundler makes it", async () => {
  const program = `import { connect, sql } from "plinth";
    connect("sqlite::memory:").then(async (db) => {
      console.log(JSON.stringify((await db.execute(sql\`select 1 as one\`)).rows));
      await db.close();
    });`;
  writeFileSync(join(consumer, "bundled.js"), program);
  const bundle = await rolldown({
    cwd: consumer,
    input: join(consumer, "bundled.js"),
    platform: "node",
    external: Object.keys(manifest.peerDependencies),
    // So esbuild writes it in CommonJS.
    transform: { define: { "import.meta.url": "undefined" } },
  });
  const { output } = await bundle.generate({ format: "cjs", codeSplitting: false });
  await bundle.close();
  writeFileSync(join(consumer, "bundle.cjs"), output[0].code);
  expect(JSON.parse(run(process.execPath, ["bundle.cjs"]))).toEqual([{ one: 1 }]);
});

test("catches where it imports what is optional, as esbuild wants it of what may not be there", () => {
  const imports = packed
    .filter((path) => path.endsWith(".js"))
    .flatMap((path) => {
      const code = readFileSync(join(root, path), "utf8");
      // What a message shows of it goes on with a space, as code here never does.
      return [...code.matchAll(/\bimport\("([^"]+)"\)(?! )(\.catch\()?/g)];
    })
    .filter(([, name]) => Object.hasOwn(manifest.peerDependencies, name!));
  expect(imports.length).toBeGreaterThan(3);
  expect(imports.filter(([, , caught]) => caught === undefined)).toEqual([]);
});

describe.for(nodes)("on $name", ({ node }) => {
  test.for(Object.keys(manifest.exports).filter((path) => path !== "./package.json"))(
    "%s loads without an optional package",
    (path) => {
      const name = `plinth${path.slice(1)}`;
      const exported = evaluate(
        node,
        `console.log(JSON.stringify(Object.keys(await import(${JSON.stringify(name)}))));`,
      );
      expect(exported).not.toEqual([]);
    },
  );

  test.for([
    { url: "postgres://ada@127.0.0.1:1/library", name: "pg" },
    { url: "mariadb://ada@127.0.0.1:1/library", name: "mariadb" },
  ])("says how to install $name when it is needed", ({ name, url }) => {
    const error = evaluate(
      node,
      `import { connect, defineSchema, sql } from "plinth";
      try {
        const db = await connect(${JSON.stringify(url)}, { schema: defineSchema({}) });
        await db.execute(sql\`select 1\`);
        console.log("null");
      } catch (error) {
        console.log(JSON.stringify({ code: error.code, message: error.message }));
      }`,
    );
    expect(error).toMatchObject({
      code: "E_MISSING_PACKAGE",
      message: expect.stringContaining(`npm install ${name}`),
    });
  });

  test("a store needs no package but for Redis, and says which then", () => {
    const answer = evaluate(
      node,
      `import { createLimiter, openStore } from "plinth/services";
      const passed = [];
      for (const url of ["memory:", "sqlite:store.db"]) {
        const store = await openStore(url);
        const limiter = createLimiter(store, { category: "a", max: 1, windowMs: 60_000 });
        passed.push((await limiter.take("b\\0c".repeat(100))).allowed);
        await store.set("text", "a\\0b");
        passed.push(await store.get("text") === "a\\0b");
        await limiter.reset("b\\0c".repeat(100));
        await store.close();
      }
      const error = await openStore("redis://ada@127.0.0.1:1").catch((reason) => reason);
      console.log(JSON.stringify({ passed, code: error.code, message: error.message }));`,
    );
    expect(answer).toEqual({
      passed: [true, true, true, true],
      code: "E_MISSING_PACKAGE",
      message: expect.stringContaining("npm install redis"),
    });
  });

  test("an outbox delivers behind the commit, and ends with its database", () => {
    const told = evaluate(
      node,
      `import { connect, createTables, defineSchema } from "plinth";
      import { createOutbox, outboxTables } from "plinth/outbox";
      const schema = defineSchema(outboxTables);
      const db = await connect("sqlite::memory:", { schema });
      await createTables(db, schema);
      const told = [];
      const outbox = createOutbox(db, { handlers: { t: (payload) => void told.push(payload) } });
      outbox.start();
      await db.transaction(async (tx) => {
        outbox.add(tx, "t", [1]);
        tx.afterCommit({ durable: true, topic: "t", payload: [2] });
      });
      while ((await outbox.counts()).waiting > 0) await new Promise((resolve) => setTimeout(resolve, 5));
      await outbox.close();
      await db.close();
      console.log(JSON.stringify(told));`,
    );
    expect(told).toEqual([[1], [2]]);
  });

  // What a start costs: 0.1 to 0.2 ms for a file, 0.02 for a KB of text, and what each module of Node takes.
  test("loads for SQLite no more than it needs", () => {
    const { builtIn, bytes, files } = evaluate(
      node,
      `import { registerHooks } from "node:module";
      import { statSync } from "node:fs";
      const files = [];
      const builtIn = [];
      registerHooks({
        load(url, context, next) {
          (url.startsWith("file:") ? files : builtIn).push(url);
          return next(url, context);
        },
      });
      const { connect, integer, sql, table } = await import("plinth");
      const marks = table("marks", { id: integer().primaryKey() });
      const db = await connect("sqlite::memory:");
      await db.execute(sql\`create table marks (id integer primary key)\`);
      await db.from(marks).find(1);
      await db.close();
      const bytes = files.reduce((sum, url) => sum + statSync(new URL(url)).size, 0);
      console.log(JSON.stringify({ files: files.length, bytes, builtIn: builtIn.sort() }));`,
    ) as { files: number; bytes: number; builtIn: string[] };
    // The entry, what it always needs, and SQLite.
    expect(files).toBe(3);
    expect(bytes).toBeLessThan(364_000);
    expect(builtIn).toEqual([
      "node:async_hooks",
      "node:diagnostics_channel",
      "node:path",
      "node:sqlite",
    ]);
  });

  // In a process of its own, in which nothing is loaded yet.
  test("knows relations whenever it is asked for them first", () => {
    const told = evaluate(
      node,
      `import { connect, createTables, defineSchema, integer, sql, table } from "plinth";
      const users = table("users", { id: integer().primaryKey() });
      const posts = table("posts", {
        id: integer().primaryKey(),
        userId: integer().notNull().references(() => users.id),
      });
      const codeOf = (build) => {
        try {
          build();
        } catch (error) {
          return error.code;
        }
      };
      // Nothing is declared yet.
      const db = await connect("sqlite::memory:");
      await db.execute(sql\`create table users (id integer primary key)\`);
      await db.execute(sql\`create table posts (id integer primary key, user_id integer not null)\`);
      const told = [
        codeOf(() => db.from(users).with({ posts: true })),
        codeOf(() => db.insert(users).values({ id: 1 }).with({ posts: { create: [] } })),
        codeOf(() => db.from(users).with(null)),
        await db.insert(users).values({ id: 1 }).with({}).returning(),
        await db.from(users).with({ posts: undefined }).find(1),
      ];
      await db.insert(posts).values({ id: 5, userId: 1 });
      const schema = defineSchema({ users, posts }, (r) => ({ users: { posts: r.many(posts) } }));
      const load = () => db.load([{ id: 1 }], schema.relations.users.posts);
      told.push(...(await Promise.all([load(), load()])));
      const related = await connect("sqlite::memory:", { schema });
      await createTables(related, schema);
      await related.insert(users).values({ id: 1 }).with({ posts: { create: [{ id: 6 }] } });
      told.push(await related.from(users).with({ posts: true }));
      // What is asked for first is done first, though the connection wasn't told of the schema.
      const other = await connect("sqlite::memory:");
      await createTables(other, schema);
      await other.insert(users).values({ id: 1 });
      await other.insert(posts).values({ id: 7, userId: 1 });
      const [before] = await Promise.all([
        other.load([{ id: 1 }], schema.relations.users.posts),
        other.delete(posts).all(),
      ]);
      told.push(before);
      console.log(JSON.stringify(told));`,
    );
    const one = { id: 1 };
    const withPost = (id: number): object => ({ ...one, posts: [{ id, userId: 1 }] });
    expect(told).toEqual([
      "E_UNKNOWN_RELATION",
      "E_UNKNOWN_RELATION",
      "E_INVALID_VALUE",
      [one],
      one,
      [withPost(5)],
      [withPost(5)],
      [withPost(6)],
      [withPost(7)],
    ]);
  });

  test("has an audit trail where it is told of one, and else says that there is none", () => {
    const told = evaluate(
      node,
      `import { auditLog, connect, createTables, defineSchema, integer, table } from "plinth";
      const log = auditLog();
      const marks = table("marks", { id: integer().primaryKey() });
      const schema = defineSchema({ log, marks });
      const audit = { table: log, tables: [marks] };
      const event = { action: "began" };
      const db = await connect("sqlite::memory:");
      const told = [await db.audit(event).catch((error) => error.code)];
      const [one, other] = await Promise.all([0, 1].map(() => connect("sqlite::memory:", { audit })));
      for (const own of [one, other]) {
        await createTables(own, schema);
        await own.audit(event);
        await own.insert(marks).values({ id: 1 });
        told.push(await own.from(log).count());
      }
      told.push(await db.audit(event).catch((error) => error.code));
      console.log(JSON.stringify(told));`,
    );
    expect(told).toEqual(["E_CONFIG", 2, 2, "E_CONFIG"]);
  });

  test("the command prints its version", () => {
    expect(run(node, ["node_modules/plinth/bin/plinth.cjs", "--version"])).toBe(
      `${manifest.version}\n`,
    );
  });

  test("the command ends quietly when nobody reads on", () => {
    const command = `"${node}" node_modules/plinth/bin/plinth.cjs --help | true`;
    expect(attempt("sh", ["-c", command])).toEqual({ code: 0, out: "", err: "" });
  });
});

describe("on a Node that is too old", () => {
  test.for(["20.20.2", "22.17.1", "4.9.1"])("%s gets one sentence", (version) => {
    writeFileSync(
      join(consumer, "old.cjs"),
      `Object.defineProperty(process, "versions", { value: { node: "${version}" } });\n`,
    );
    expect(
      attempt(process.execPath, ["-r", "./old.cjs", "node_modules/plinth/bin/plinth.cjs"]),
    ).toEqual({
      code: 1,
      out: "",
      err: `plinth needs Node 22.18 or newer, and this is Node ${version}.\n`,
    });
  });
});
