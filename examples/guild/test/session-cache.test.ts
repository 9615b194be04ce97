import type { Database } from "plinth";
import { openStore } from "plinth/services";
import { expect } from "vitest";
import { people } from "../fixtures/users.ts";
import { deleteUser } from "../src/queries/users.ts";
import type { schema } from "../src/schema/schema.ts";
import { createCachedSessions, type CachedSessions } from "../src/session-cache.ts";
import { everywhere } from "./databases.ts";
import { keysOf, stores } from "./stores.ts";

type Body = (given: {
  readonly ada: string;
  readonly bob: string;
  readonly sessions: CachedSessions;
  readonly db: Database<typeof schema>;
  keys(): Promise<string[]>;
}) => Promise<void>;

/** On every database, with every store. */
function withEveryStore(name: string, body: Body): void {
  for (const { product, use } of stores)
    everywhere(`with ${product}, ${name}`, ["users"], async ({ db, row }) => {
      const [ada, bob] = [row(people, "ada").id, row(people, "bob").id];
      await use(async (store) => {
        // As long as it takes, so that what is counted is the same on a machine that is busy.
        const sessions = createCachedSessions(db, store, { timeoutMs: 10_000 });
        await body({ ada, bob, db, sessions, keys: () => keysOf(store, "session") });
      });
    });
}

withEveryStore("sessions are read once, and kept by user", async ({ ada, bob, keys, sessions }) => {
  const { session } = await sessions.create(ada);
  for (let turn = 1; turn <= 3; turn++)
    expect(await sessions.find(ada, session.id)).toEqual({
      id: session.id,
      createdAt: session.createdAt,
      expiresAt: session.expiresAt,
    });
  expect(sessions.stats()).toMatchObject({ loads: 1, hits: 2 });
  expect(await sessions.find(bob, session.id), "of another").toBeUndefined();
  expect(await keys()).toEqual([`session:${ada}`, `session:${bob}`].toSorted());
});

withEveryStore("a session that ends has ended for everybody", async ({ ada, bob, sessions }) => {
  const phone = await sessions.create(ada);
  const laptop = await sessions.create(ada);
  expect((await sessions.list(ada)).map(({ id }) => id)).toEqual([
    laptop.session.id,
    phone.session.id,
  ]);
  expect(await sessions.delete(ada, phone.session.id)).toBe(true);
  expect(await sessions.find(ada, phone.session.id)).toBeUndefined();
  expect(await sessions.find(ada, laptop.session.id)).toBeDefined();
  expect(await sessions.delete(bob, phone.session.id)).toBe(false);
});

withEveryStore("a token that is exchanged puts off the end", async ({ ada, sessions }) => {
  const { session, token } = await sessions.create(ada);
  await sessions.list(ada);
  const later = new Date("2100-01-01T00:00:00Z");
  const next = await sessions.update(token, later);
  expect(next).toBeDefined();
  expect(await sessions.find(ada, session.id)).toMatchObject({ expiresAt: later });
  expect(await sessions.update(token, later)).toBeUndefined();
});

withEveryStore("what has expired isn't found, cached or not", async ({ ada, db, sessions }) => {
  const soon = new Date(Date.now() + 3_600_000);
  const { session } = await sessions.create(ada, soon);
  expect(await sessions.find(ada, session.id)).toBeDefined();
  const after = new Date(soon.getTime() + 1);
  expect(await sessions.find(ada, session.id, after)).toBeUndefined();
  expect(await sessions.deleteExpired(after)).toEqual([ada]);
  expect(await sessions.list(ada)).toEqual([]);

  await sessions.create(ada);
  expect(await sessions.list(ada)).toHaveLength(1);
  await deleteUser(db, ada);
  await sessions.forget(ada);
  expect(await sessions.list(ada)).toEqual([]);
});

everywhere("when the store is away the database answers", ["users"], async ({ db, row }) => {
  const ada = row(people, "ada").id;
  const store = await openStore("memory:");
  const sessions = createCachedSessions(db, store);
  const first = await sessions.create(ada);
  await store.close();
  const { session, token } = await sessions.create(ada);
  for (const { id } of [first.session, session])
    expect(await sessions.find(ada, id)).toMatchObject({ id });
  expect(await sessions.update(token, session.expiresAt)).toBeDefined();
  await expect(sessions.delete(ada, session.id)).rejects.toMatchObject({ code: "E_CLOSED" });
  expect(await sessions.find(ada, session.id)).toBeUndefined();
});
