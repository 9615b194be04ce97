import { subscribe, tracingChannel, unsubscribe } from "node:diagnostics_channel";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";
import {
  connect,
  createTables,
  defineSchema,
  eq,
  integer,
  sql,
  table,
  varchar,
  withQueryTags,
  type Database,
  type LogEntry,
  type LogOption,
  type QueryEvent,
} from "plinth";
import { traceQueries } from "plinth/opentelemetry";
import { describe, expect, test } from "vitest";
import { createTestDatabase, testServers, type TestServer } from "../servers/databases.ts";

const notes = table("note", {
  id: integer().primaryKey(),
  text: varchar({ length: 50 }).notNull().unique(),
});
const schema = defineSchema({ notes });
const secret = "canary-73b1";

async function withDatabase(
  server: TestServer,
  log: LogOption | undefined,
  work: (db: Database) => Promise<void>,
): Promise<void> {
  const database = await createTestDatabase(server);
  const db = await connect(database.url, log === undefined ? {} : { log });
  try {
    await createTables(db, schema);
    await work(db);
  } finally {
    await db.close();
    await database.drop();
  }
}

describe.each(testServers())("watching $name", (server) => {
  test("the log tells each statement with its rows, its time and its place, and no value", async () => {
    const entries: LogEntry[] = [];
    const write = (entry: LogEntry): void => void entries.push(entry);
    await withDatabase(server, write, async (db) => {
      entries.length = 0;
      await db.insert(notes).values({ id: 1, text: secret });
      expect(await db.from(notes).where(eq(notes.text, secret))).toHaveLength(1);
      await db.from(notes).find(2);
      await db
        .update(notes)
        .set({ text: `${secret}!` })
        .where(eq(notes.id, 1));
      await db.execute(sql`select ${secret} as x`);
      await db
        .insert(notes)
        .values({ id: 2, text: `${secret}!` })
        .catch(() => {});
    });
    const counts = entries.map(({ rowCount }) => rowCount);
    expect(counts).toEqual([1, 1, 0, 1, 1, undefined]);
    expect(entries.at(-1)?.error).toMatchObject({ code: "E_UNIQUE_VIOLATION" });
    for (const { durationMs, isSlow, place, sql: text } of entries) {
      expect(durationMs).toBeGreaterThan(0);
      expect(isSlow).toBe(false);
      expect(place).toMatch(/observing\.test\.ts:\d+:\d+$/);
      expect(text.length).toBeGreaterThan(10);
    }
    expect(inspect(entries, { depth: 20, showHidden: true })).not.toContain(secret);
  });

  test("the log tells a transaction from begin to commit, and values where it is asked to", async () => {
    const entries: LogEntry[] = [];
    const log = { write: (entry: LogEntry) => void entries.push(entry), parameters: true };
    await withDatabase(server, log, async (db) => {
      entries.length = 0;
      await db.transaction(async (tx) => {
        await tx.insert(notes).values({ id: 1, text: secret });
        await tx.transaction(async (inner) => void (await inner.from(notes).count()));
      });
    });
    const words = entries.map((entry) => entry.sql.trim().split(" ")[0]?.toLowerCase());
    expect(words.slice(1)).toEqual(["insert", "savepoint", "select", "release", "commit"]);
    expect(["begin", "start", "set"]).toContain(words[0]);
    expect(entries[1]?.parameters?.map(String)).toEqual(["1", secret]);
  });

  test("rows that are read bit by bit are one statement", async () => {
    const entries: LogEntry[] = [];
    const write = (entry: LogEntry): void => void entries.push(entry);
    await withDatabase(server, write, async (db) => {
      const rows = Array.from({ length: 25 }, (_, id) => ({ id, text: `t${id}` }));
      await db.insert(notes).values(rows);
      entries.length = 0;
      let readCount = 0;
      for await (const _ of db.from(notes).stream({ batch: 10 })) readCount++;
      expect(readCount).toBe(25);
      for await (const _ of db.from(notes).stream({ batch: 10 })) break;
      await db.transaction(async (tx) => {
        for await (const _ of tx.from(notes).stream({ batch: 10 })) readCount++;
      });
      expect(readCount).toBe(50);
    });
    const reads = entries.filter((entry) => entry.sql.startsWith("select"));
    expect(reads.map(({ rowCount }) => rowCount)).toEqual([25, 10, 25]);
  });

  test("a log that fails changes nothing of what it tells, and a warning tells that once", async () => {
    const warnings: unknown[] = [];
    const note = (warning: Error): void => void warnings.push(Reflect.get(warning, "code"));
    process.on("warning", note);
    for (const log of [
      () => {
        throw new Error("the log is full");
      },
      (async () => Promise.reject(new Error("the log is full"))) as () => void,
    ]) {
      await withDatabase(server, log, async (db) => {
        await db.insert(notes).values({ id: 1, text: "a" });
        const followed: string[] = [];
        await db.transaction(async (tx) => {
          await tx.insert(notes).values({ id: 2, text: "b" });
          tx.afterCommit(() => void followed.push("done"));
        });
        expect(followed).toEqual(["done"]);
        expect(await db.from(notes).count()).toBe(2);
      });
    }
    await new Promise(setImmediate);
    process.off("warning", note);
    expect(warnings.filter((code) => code === "PLINTH_LOG_FAILED")).toHaveLength(2);
  });

  test("db inside a transaction is noticed as without a log", async () => {
    const outcome = async (log: LogOption | undefined): Promise<unknown> => {
      let code: unknown = "none";
      await withDatabase(server, log, async (db) => {
        await db.transaction(async (tx) => {
          await tx.insert(notes).values({ id: 1, text: "a" });
          const insert = db.insert(notes).values({ id: 2, text: "b" });
          await insert.catch((error: unknown) => void (code = Reflect.get(Object(error), "code")));
        });
      });
      return code;
    };
    expect(await outcome(() => {})).toBe(await outcome(undefined));
  });

  test("slow statements and failed ones are told alone where that is asked for", async () => {
    const entries: LogEntry[] = [];
    const write = (entry: LogEntry): void => void entries.push(entry);
    await withDatabase(server, { write, onlySlow: true, slowMs: 60_000 }, async (db) => {
      await db.insert(notes).values({ id: 1, text: "a" });
      await db.execute(sql`select 1 from nowhere`).catch(() => {});
    });
    expect(entries.map(({ error }) => (error as { code: string }).code)).toEqual([
      "E_MISSING_TABLE",
    ]);
  });

  test("plinth:query can be listened to at any time", async () => {
    await withDatabase(server, undefined, async (db) => {
      const seen: string[] = [];
      const events: QueryEvent[] = [];
      const channels = (["start", "end", "asyncEnd", "error"] as const).map((name) => {
        const listener = (event: unknown): void => {
          seen.push(name);
          if (name === "asyncEnd") events.push(event as QueryEvent);
        };
        subscribe(`tracing:plinth:query:${name}`, listener);
        return () => unsubscribe(`tracing:plinth:query:${name}`, listener);
      });
      await db.insert(notes).values({ id: 1, text: "a" });
      await db.from(notes).find(1);
      const failing = db.insert(notes).values({ id: 1, text: "b" });
      await failing.then(null, () => {});
      for (const stop of channels) stop();
      await db.from(notes).find(1);
      expect(seen.join(" ")).toBe("start end asyncEnd start end asyncEnd start end error asyncEnd");
      expect(events.map(({ product }) => product)).toEqual(Array(3).fill(db.server.product));
      expect(events[2]?.error).toMatchObject({ code: "E_UNIQUE_VIOLATION" });
      expect(tracingChannel("plinth:query").hasSubscribers).toBe(false);
    });
  });

  test("makes spans for OpenTelemetry", async () => {
    const ended: Record<string, unknown>[] = [];
    const tracer = {
      startSpan(name: string, { attributes }: { attributes: Record<string, unknown> }) {
        const span = { name, ...attributes };
        return {
          setAttribute: (key: string, value: unknown) => Object.assign(span, { [key]: value }),
          setStatus: (status: object) => Object.assign(span, { status }),
          end: () => void ended.push(span),
        };
      },
    };
    await withDatabase(server, undefined, async (db) => {
      const stop = traceQueries({ tracer });
      await db.insert(notes).values({ id: 1, text: secret });
      await db
        .insert(notes)
        .values({ id: 1, text: "x" })
        .catch(() => {});
      stop();
      await db.from(notes);
    });
    expect(ended).toMatchObject([
      { name: "INSERT", "db.response.returned_rows": 1 },
      { name: "INSERT", "error.type": "E_UNIQUE_VIOLATION", status: { code: 2 } },
    ]);
    const system = ended[0]?.["db.system.name"];
    expect(["mariadb", "postgresql", "sqlite"]).toContain(system);
    expect(JSON.stringify(ended)).not.toContain(secret);
  });

  test("tags stand in a comment behind the statements of a call, and can't break out of it", async () => {
    const texts: string[] = [];
    const write = (entry: LogEntry): void => void texts.push(entry.sql);
    await withDatabase(server, write, async (db) => {
      texts.length = 0;
      const tags = { route: "/users/:id", hostile: "'*/ drop table note; /*! -- \n?" };
      const read = async (): Promise<number> => db.from(notes).count();
      expect(await withQueryTags(tags, read)).toBe(0);
      expect(await withQueryTags(tags, read)).toBe(0);
      expect(await read()).toBe(0);
      for (let n = 0; n < 50; n++) await withQueryTags({ n: String(n) }, read);
      expect(await read()).toBe(0);
    });
    const comment =
      "/*hostile='%27%2A%2F%20drop%20table%20note%3B%20%2F%2A!%20--%20%0A%3F',route='%2Fusers%2F%3Aid'*/";
    expect(texts[0]?.endsWith(` ${comment}`)).toBe(true);
    expect(texts[1]).toBe(texts[0]);
    expect(texts[2]).not.toContain("/*");
  });
});

test("names of tags that could break out are refused", () => {
  for (const name of ["", "a b", "a*/", "'", "1a"])
    expect(() => withQueryTags({ [name]: "x" }, () => 1)).toThrowError(/query tag/);
});

test("half a character in the value of a tag breaks nothing", () => {
  expect(withQueryTags({ route: "a\ud800*/" }, () => "run")).toBe("run");
});

test("PLINTH_LOG switches the log on without code", () => {
  const program = `
    import { connect, sql } from "plinth";
    const db = await connect("sqlite::memory:");
    await db.execute(sql\`select \${"canary"} as x\`);
    await db.close();
  `;
  const run = (value: string) =>
    spawnSync(
      process.execPath,
      [
        "--import",
        fileURLToPath(new URL("../docs/plinth-from-sources.mjs", import.meta.url)),
        "--input-type=module",
        "--eval",
        program,
      ],
      {
        env: { ...process.env, PLINTH_LOG: value },
        encoding: "utf8",
        cwd: fileURLToPath(new URL("../..", import.meta.url)),
      },
    ).stderr;
  expect(run("sql")).toMatch(/^plinth \d+\.\d ms, 1 row: select \? as x/m);
  expect(run("sql")).not.toContain("canary");
  expect(run("slow")).not.toContain("select");
  expect(run("loud")).toContain("E_CONFIG");
});
