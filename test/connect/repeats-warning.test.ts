import {
  connect,
  createTables,
  defineSchema,
  eq,
  inArray,
  integer,
  table,
  text,
  type ConnectOptions,
  type Database,
  type Executor,
} from "plinth";
import { expect, test, vi } from "vitest";

const users = table("repeats_user", { id: integer().primaryKey(), name: text().notNull() });
const posts = table("repeats_post", {
  id: integer().primaryKey(),
  authorId: integer()
    .notNull()
    .references(() => users.id),
});
const schema = defineSchema({ users, posts }, (r) => ({ posts: { author: r.one(users) } }));

type Warning = Error & { readonly code?: string; readonly detail?: string };

/** What is warned of while `work` runs. */
async function warningsOf(work: () => Promise<unknown>): Promise<Warning[]> {
  const warnings: Warning[] = [];
  const note = (warning: Warning): void => {
    if (warning.code === "PLINTH_REPEATED_QUERY") warnings.push(warning);
  };
  process.on("warning", note);
  await work();
  await new Promise((resolve) => setTimeout(resolve, 5));
  process.off("warning", note);
  return warnings;
}

async function open(
  settings: ConnectOptions = { warnOfRepeats: true },
): Promise<Database<typeof schema>> {
  const db = await connect("sqlite::memory:", { ...settings, schema });
  await createTables(db, schema);
  await db.insert(users).values(ten.map((id) => ({ id, name: `user ${id}` })));
  await db.insert(posts).values(ten.map((id) => ({ id, authorId: id })));
  return db;
}

const ten = Array.from({ length: 10 }, (_, id) => id);

async function authorOf(db: Executor, id: number): Promise<string | undefined> {
  const author = await db.from(users).find(id);
  return author?.name;
}

test("a query for one key after the other is told of once, with its line", async () => {
  await using db = await open();
  const warnings = await warningsOf(async () => {
    for (const post of await db.from(posts)) await authorOf(db, post.authorId);
    for (const post of await db.from(posts)) await authorOf(db, post.authorId);
  });
  expect(warnings).toHaveLength(1);
  expect(warnings[0]!.message).toContain('One query of "repeats_user" ran 5 times within a second');
  expect(warnings[0]!.detail).toMatch(/at (async )?authorOf \(.*repeats-warning\.test\.ts:\d+/);
  expect(`${warnings[0]!.message} ${warnings[0]!.detail}`).not.toContain("user 4");
});

test.each<[string, (db: Database<typeof schema>) => Promise<unknown>]>([
  ["at once", async (db) => Promise.all(ten.map((id) => db.from(users).where(eq(users.id, id))))],
  [
    "in a transaction",
    async (db) =>
      db.transaction(async (tx) => {
        for (const id of ten)
          await tx.select({ id: posts.id }).from(posts).where(eq(posts.authorId, id));
      }),
  ],
  [
    "as a list of one",
    async (db) => {
      for (const id of ten)
        await db
          .from(users)
          .where(inArray(users.id, [id]))
          .first();
    },
  ],
  [
    "with what belongs to it",
    async (db) => {
      for (const id of ten) await db.from(posts).with({ author: true }).find(id);
    },
  ],
])("it is told when it runs %s", async (_, work) => {
  await using db = await open();
  expect(await warningsOf(() => work(db))).toHaveLength(1);
});

test.each<[string, (db: Database<typeof schema>) => Promise<unknown>]>([
  [
    "the same key again",
    async (db) => {
      for (const _ of ten) await db.from(users).find(3);
    },
  ],
  ["four keys", async (db) => Promise.all(ten.slice(0, 4).map((id) => db.from(users).find(id)))],
  [
    "pages",
    async (db) => {
      for await (const _ of db.from(users).keyset([users.name], { size: 1 }));
      for (const at of ten) await db.from(users).where(eq(users.name, "a")).limit(1).offset(at);
    },
  ],
  [
    "writes",
    async (db) => {
      for (const id of ten) await db.update(users).set({ name: "b" }).where(eq(users.id, id));
    },
  ],
  [
    "what transactions of their own read",
    async (db) => {
      for (const id of ten) await db.transaction((tx) => tx.from(users).find(id));
    },
  ],
  [
    "relations",
    async (db) => {
      for (const size of ten) await db.from(posts).with({ author: true }).limit(size);
    },
  ],
  [
    "requests beside one another",
    async (db) => {
      const requests = ten.map(
        (id) =>
          new Promise<void>((resolve) => {
            setTimeout(
              () =>
                void db
                  .from(users)
                  .find(id)
                  .then(() => resolve()),
              1,
            );
          }),
      );
      await Promise.all(requests);
    },
  ],
])("nothing is told of %s", async (_, work) => {
  await using db = await open();
  expect(
    await warningsOf(() => new Promise((resolve) => setImmediate(() => resolve(work(db))))),
  ).toEqual([]);
});

test("what is repeated without end takes a stack now and then", async () => {
  await using db = await open();
  const capture = vi.spyOn(Error, "captureStackTrace");
  const startMs = performance.now();
  let seconds: number;
  let count: number;
  try {
    for (let id = 0; id < 500; id++) await authorOf(db, id);
    seconds = (performance.now() - startMs) / 1000;
    count = capture.mock.calls.filter(([, above]) => above?.name === "tell").length;
  } finally {
    capture.mockRestore();
  }
  expect(count).toBeGreaterThan(0);
  expect(count).toBeLessThanOrEqual(20 * (Math.floor(seconds) + 1));
});

test("nobody is told in production, in tests, and where it is turned off", async () => {
  const before = process.env["NODE_ENV"];
  for (const [environment, settings] of [
    ["production", {}],
    ["test", {}],
    ["development", { warnOfRepeats: false }],
  ] as const) {
    process.env["NODE_ENV"] = environment;
    await using db = await open(settings);
    process.env["NODE_ENV"] = before;
    const warnings = await warningsOf(async () => {
      for (const id of ten) await db.from(users).find(id);
    });
    expect(warnings, environment).toEqual([]);
  }
});

test("a program that is made is told", async () => {
  const before = process.env["NODE_ENV"];
  delete process.env["NODE_ENV"];
  await using db = await open({});
  process.env["NODE_ENV"] = before;
  const warnings = await warningsOf(async () => {
    for (const id of ten) await db.from(users).find(id);
  });
  expect(warnings).toHaveLength(1);
});
