import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { connect, eq, sql, type Database } from "plinth";
import { databaseTest, type DatabaseTest } from "plinth/testing";
import { afterAll, describe, expect, test, vi } from "vitest";
import { root } from "../../scripts/prepare.mjs";
import { testServers } from "../servers/databases.ts";
import { people, schema, users } from "./tables.ts";

type Run = () => Promise<void>;

/** Registers tests that are run by hand. */
function recorded(url: string): {
  own: DatabaseTest;
  runs: Run[];
  end: () => Promise<void>;
} {
  const runs: Run[] = [];
  const afters: Run[] = [];
  const register = Object.assign((_name: string, run: Run) => runs.push(run), {
    only: () => {},
    skip: () => {},
  });
  const own = databaseTest.extend({
    url,
    schema,
    test: register,
    after: (run) => afters.push(run),
  });
  const end = async (): Promise<void> => {
    for (const after of afters) await after();
  };
  return { own, runs, end };
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "plinth-test-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}

const servers = testServers().map(({ name, url }) => ({
  name,
  url: url ?? (name === "sqlite file" ? `sqlite:${temporaryFolder()}/any.db` : "sqlite::memory:"),
}));

describe.each(servers)("on $name", ({ name, url }) => {
  test("the database of a failed test stays, and its URL is told without a password", async () => {
    const { own, runs, end } = recorded(url);
    const told: string[] = [];
    const written = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
      told.push(String(text));
      return true;
    });
    try {
      let used: Database | undefined;
      own("fails", async ({ db }) => {
        used = db;
        await db.insert(users).values({ name: "Ada" });
        throw new Error("as it should");
      });
      await expect(runs[0]!()).rejects.toThrow("as it should");
      await expect(used!.from(users)).rejects.toMatchObject({ code: "E_CLOSED" });
    } finally {
      written.mockRestore();
      await end();
    }
    const [, , kept = ""] =
      /the database of the failed test "(fails)" is kept: (\S+)\n/.exec(told.join("")) ?? [];
    const db = await connect(kept);
    expect(await db.select({ name: users.name }).from(users)).toEqual([{ name: "Ada" }]);
    await db.close();
    if (name.startsWith("sqlite")) rmSync(kept.replace(/^sqlite:|\?.*/g, ""));
    else await removeFromServer(url, kept);
  });

  test("mode rollback undoes what a test does, savepoints and all", async () => {
    const { own, runs, end } = recorded(url);
    const rollback = { mode: "rollback", fixtures: [people] } as const;
    for (let round = 0; round < 2; round++)
      own("writes", rollback, async ({ db, row }) => {
        expect(await db.from(users).count()).toBe(2);
        await db.insert(users).values({ name: "Linus" });
        await db.transaction(async (tx) => {
          await tx
            .update(users)
            .set({ role: "guest" })
            .where(eq(users.id, row(people, "ada").id));
        });
        const failing = db.transaction(async (tx) => {
          await tx.delete(users).all();
          throw new Error("back");
        });
        await expect(failing).rejects.toThrow("back");
        expect(await db.from(users).count()).toBe(3);
        const names: string[] = [];
        for await (const { name: own } of db.from(users).stream()) names.push(own);
        expect(names).toHaveLength(3);
      });
    own("fails", rollback, async () => {
      throw new Error("its own");
    });
    await runs[0]!();
    await runs[1]!();
    await expect(runs[2]!()).rejects.toThrow("its own");
    await runs[0]!();
    await end();
  });

  test("mode rollback refuses transactions of a test's own", async () => {
    const { own, runs, end } = recorded(url);
    const rollback = { mode: "rollback" } as const;
    own("begins", rollback, async ({ db }) => {
      await using tx = await db.begin();
      await tx.insert(users).values({ name: "Ada" });
    });
    own("commits", rollback, async ({ db }) => {
      await db.insert(users).values({ name: "Ada" });
      await expect(db.execute(sql`commit`)).rejects.toMatchObject({ code: "E_UNSUPPORTED" });
      // However it is done.
      await db["~runner"].script("commit");
    });
    own("is as before", rollback, async ({ db }) => {
      expect(await db.from(users).count()).toBe(0);
    });
    await expect(runs[0]!()).rejects.toMatchObject({
      code: "E_CONFIG",
      message: expect.stringContaining("began a transaction of its own"),
    });
    await runs[2]!();
    await expect(runs[1]!()).rejects.toMatchObject({
      code: "E_CONFIG",
      message: expect.stringContaining("ended its transaction"),
    });
    await runs[2]!();
    await end();
  });

  test("a folder of migrations makes the tables, and one that fails is told each time", async () => {
    const folder = temporaryFolder();
    const migration = join(folder, "1_notes.sql");
    writeFileSync(migration, "create table notes (id integer primary key, body varchar(20));");
    const fixture = join(temporaryFolder(), "notes.sql");
    writeFileSync(fixture, "insert into notes values (1, 'first');");
    const { own, runs, end } = recorded(url);
    const fixtures = [pathToFileURL(fixture)];
    own("reads", { migrations: folder, fixtures }, async ({ db }) => {
      const { rows } = await db.execute(sql`select body from notes`);
      expect(rows).toEqual([{ body: "first" }]);
      await db.execute(sql`delete from notes`);
    });
    const broken = [{ name: "1_broken", up: "create tabel x" }];
    own("is broken", { migrations: broken }, async () => {});
    for (let round = 0; round < 3; round++) await runs[0]!();
    await expect(runs[1]!()).rejects.toMatchObject({ code: "E_MIGRATION_FAILED" });
    await expect(runs[1]!()).rejects.toMatchObject({ code: "E_MIGRATION_FAILED" });
    await end();
  });

  test("processes that begin at once make one template, and leave nothing but it behind", async () => {
    const folder = temporaryFolder();
    const program = join(folder, "parallel.test.mjs");
    // Its own content, so that the template is not there yet.
    const table = `t${Date.now().toString(36)}`;
    writeFileSync(
      program,
      `import { databaseTest } from "plinth/testing";
       import { sql } from "plinth";
       import assert from "node:assert/strict";
       const own = databaseTest.extend({
         url: ${JSON.stringify(url)},
         migrations: [{ name: "1_first", up: "create table ${table} (id integer primary key)" }],
       });
       for (const at of [1, 2, 3]) own("has its own " + at, async ({ db }) => {
         await db.execute(sql\`insert into ${table} values (1)\`);
         assert.equal((await db.execute(sql\`select * from ${table}\`)).rows.length, 1);
       });`,
    );
    const hooks = pathToFileURL(join(root, "test/docs/plinth-from-sources.mjs")).href;
    const before = await namesOn(url);
    const pids: number[] = [];
    const ends = await Promise.all(
      [1, 2, 3].map(
        () =>
          new Promise<{ code: number; out: string }>((resolve) => {
            const { pid } = execFile(
              process.execPath,
              ["--import", hooks, program],
              { env: { ...process.env, VITEST: undefined, NODE_TEST_CONTEXT: undefined } },
              (error, out, err) => resolve({ code: error === null ? 0 : 1, out: out + err }),
            );
            pids.push(pid!);
          }),
      ),
    );
    for (const { code, out } of ends) {
      expect(out).toMatch(/pass 3/);
      expect(code).toBe(0);
    }
    const more = (await namesOn(url)).filter((own) => !before.includes(own));
    const templates = more.filter((own) => own.startsWith("plinth_template_"));
    expect(templates.length).toBeGreaterThan(0);
    // Others may be at work on the server.
    expect(more.filter((own) => pids.some((pid) => own.startsWith(`plinth_test_${pid}_`)))).toEqual(
      [],
    );
  }, 60_000);
});

/** The databases of tests at a place, by their names. */
async function namesOn(url: string): Promise<string[]> {
  if (url.startsWith("sqlite:")) {
    const [, file = ""] = /^sqlite:([^?]*)/.exec(url) ?? [];
    const folder =
      file === ":memory:" ? join(tmpdir(), `plinth-tests-${process.getuid!()}`) : join(file, "..");
    return existsSync(folder) ? readdirSync(folder).map((own) => own.replace(/\.db$/, "")) : [];
  }
  await using db = await connect(url);
  const { rows } = await db.execute<Record<string, string>>(
    url.startsWith("postgres") ? sql`select datname from pg_database` : sql`show databases`,
  );
  return rows.map((row) => String(Object.values(row)[0]));
}

async function removeFromServer(url: string, kept: string): Promise<void> {
  const name = /plinth_test_\w+/.exec(kept)![0];
  await using db = await connect(url);
  await db["~runner"].script(`drop database ${name}`);
}

test("what is named as tests name theirs, and old, is removed; all else stays", async () => {
  const folder = temporaryFolder();
  const old = (Date.now() - 2 * 86_400_000).toString(36);
  const now = Date.now().toString(36);
  const files = {
    [`plinth_test_1_${old}_0123abcd.db`]: false,
    [`plinth_test_1_${now}_0123abcd.db`]: true,
    [`plinth_test_1_${old}_mine.db`]: true,
    [`plinth_template_0123456789abcdef0123_${old}.db`]: true,
    "plinth_tests_of_mine.db": true,
  };
  for (const file of Object.keys(files)) {
    writeFileSync(join(folder, file), "");
    utimesSync(join(folder, file), 1, 1);
  }
  const { own, runs, end } = recorded(`sqlite:${folder}/any.db`);
  own("runs", async () => {});
  await runs[0]!();
  await end();
  const left = Object.keys(files).filter((file) => existsSync(join(folder, file)));
  expect(left).toEqual(Object.keys(files).filter((file) => files[file]));
});

test("tells what is wrong with a URL, a fixture and a folder before a test runs", async () => {
  const { own, runs } = recorded("oracle://localhost/x");
  own("runs", async () => {});
  await expect(runs[0]!()).rejects.toMatchObject({ code: "E_CONFIG" });
  expect(() => own("runs", { fixtures: ["users" as never] }, async () => {})).toThrow(
    'There is no fixture "users".',
  );
  const { own: other, runs: others } = recorded("sqlite::memory:");
  other("runs", { migrations: "/nowhere" }, async () => {});
  await expect(others[0]!()).rejects.toThrow("There are no migrations in /nowhere.");
});
