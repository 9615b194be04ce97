import { createHash } from "node:crypto";
import { createRowCache } from "../../outbox/rows/row-cache.ts";
import { sessionColumns } from "../../outbox/sessions/columns.ts";
import {
  createDatabaseSessions,
  type DatabaseSessionsOptions,
} from "../../outbox/sessions/database-sessions.ts";
import type { Database } from "../../query/database.ts";
import { eq } from "../../query/expression.ts";
import { index } from "../../schema/constraints.ts";
import { defineSchema } from "../../schema/schema.ts";
import { table } from "../../schema/table.ts";
import { bigint, integer, text, timestamp, uuid, varchar } from "../../schema/types.ts";
import { createCache } from "../../services/cache/cache.ts";
import type { Sessions } from "../../services/session/session.ts";
import { failureOf, type Kit } from "./kit.ts";
import { caching } from "./row-cache-kit.ts";
import { HOSTILE_USERS, sessionCases, type Device } from "./sessions.ts";

const sessions = table(
  "sessions",
  { ...sessionColumns(), userId: varchar({ length: 200 }).notNull() },
  (t) => [index().on(t.userId), index().on(t.expiresAt)],
);

const users = table("users", { id: varchar({ length: 200 }).primaryKey() });
const kept = table(
  "kept_sessions",
  {
    ...sessionColumns(),
    userId: varchar({ length: 200 })
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
  },
  (t) => [index().on(t.userId)],
);

const people = table("people", { id: integer().primaryKey(), name: text().notNull() });

/** As an application had it before: less than sessions can use, and under names of its own. */
const logins = table("logins", {
  key: uuid().primaryKey(),
  personId: integer()
    .notNull()
    .references(() => people.id, { onDelete: "cascade" }),
  hash: varchar({ length: 64 }).notNull(),
  validUntil: timestamp().notNull(),
});

const columns = {
  id: logins.key,
  userId: logins.personId,
  tokenHash: logins.hash,
  expiresAt: logins.validUntil,
} as const;

const DAY_MS = 86_400_000;

export function tableSessionCases(kit: Kit): void {
  const { expect, schemaGroup } = kit;
  schemaGroup("sessions in a table", defineSchema({ sessions }), (test) => {
    sessionCases(
      (name, run) =>
        test(name, ({ db }) => run((rules) => createDatabaseSessions(db, sessions, rules))),
      expect,
    );

    test("leave in the table a hash of the token, and no token", async ({ db }) => {
      const kept = createDatabaseSessions(db, sessions);
      const { session, token } = await kept.create("42", undefined);
      const secret = token.split(".")[2]!;
      const row = (await db.from(sessions).find(session.id))!;
      expect(JSON.stringify(row).includes(secret)).toBe(false);
      expect(row.tokenHash).toBe(createHash("sha256").update(secret).digest("base64url"));
      expect([row.userId, row.data, row.expiresAt]).toEqual(["42", "", session.expiresAt]);
    });

    test("those that are over are deleted when somebody says so", async ({ db }) => {
      const kept = createDatabaseSessions(db, sessions);
      const ada = await kept.create("ada", undefined);
      const bob = await kept.create("bob", undefined);
      const past = new Date(Date.now() - 60_000);
      await db.update(sessions).set({ expiresAt: past }).where(eq(sessions.userId, "ada"));
      expect(await kept.find(ada.token)).toBe(undefined);
      expect(await kept.touch(ada.token)).toBe(undefined);
      expect(await kept.deleteExpired()).toBe(1);
      expect((await db.from(sessions)).map(({ userId }) => userId)).toEqual(["bob"]);
      expect((await kept.find(bob.token))?.userId).toBe("bob");
    });

    test("are as the transaction is in which they change", async ({ db }) => {
      const kept = createDatabaseSessions<Device>(db, sessions);
      const { token } = await kept.create("42", { device: "a" });
      const told = await failureOf(
        db.transaction(async (tx) => {
          const own = kept.on(tx);
          expect(await own.revokeAll("42")).toBe(1);
          const next = await own.create("42", { device: "b" });
          expect((await own.find(next.token))?.data).toEqual({ device: "b" });
          expect(await own.find(token)).toBe(undefined);
          throw new Error("no");
        }),
      );
      expect(told).toMatchObject({ message: "no" });
      expect((await kept.list("42")).map(({ data }) => data.device)).toEqual(["a"]);
      const rotation = await db.transaction((tx) => kept.on(tx).rotate(token));
      expect(rotation.status).toBe("rotated");
      expect(await kept.rotate(token)).toMatchObject({ status: "reused" });
    });

    test("of transactions that rotate one token at once, one gets a new one", async ({ db }) => {
      const kept = createDatabaseSessions(db, sessions, { graceMs: 30_000 });
      const { token } = await kept.create("42", undefined);
      const outcomes = await Promise.all(
        Array.from({ length: 4 }, () => db.transaction((tx) => kept.on(tx).rotate(token))),
      );
      expect(outcomes.filter(({ status }) => status === "rotated").length).toBe(1);
    });

    test("what isn't one of the table's columns, or can't hold it, is refused", async ({ db }) => {
      const refused = (options: DatabaseSessionsOptions, of = sessions): Promise<unknown> =>
        failureOf(() => void createDatabaseSessions(db, of, options));
      const schemaCode = { code: "E_SCHEMA" };
      expect(await refused({ columns: { tokenHash: logins.hash } })).toMatchObject(schemaCode);
      expect(await refused({ columns: { expiresAt: sessions.data } })).toMatchObject(schemaCode);
      expect(await refused({ columns: { id: sessions.tokenHash } })).toMatchObject(schemaCode);
      expect(await refused({ columns: { createdAt: null } })).toMatchObject(schemaCode);
      expect(await refused({}, table("bare", { id: uuid().primaryKey() }) as never)).toMatchObject({
        ...schemaCode,
        hint: "Add userId, of the type of the users' key, or name its column by { columns: { userId: … } }.",
      });
    });
  });

  schemaGroup("sessions in a table of before", defineSchema({ people, logins }), (test) => {
    const keep = async (
      db: Database,
      options: DatabaseSessionsOptions = {},
    ): Promise<Sessions<undefined>> => {
      await db.insert(people).values({ id: 42, name: "Ada" });
      return createDatabaseSessions(db, logins, { columns, maxMs: 30 * DAY_MS, ...options });
    };

    test("need an id, a user, a hash and an end", async ({ db }) => {
      const kept = await keep(db);
      const { session, token } = await kept.create("42", undefined);
      expect(session.expiresAt.getTime() - session.createdAt.getTime()).toBe(30 * DAY_MS);
      expect(await kept.find(token)).toEqual(session);
      expect(await kept.touch(token)).toEqual(session);
      expect(await kept.list("42")).toEqual([session]);
      const [row] = await db.from(logins);
      expect([row!.key, row!.personId, row!.validUntil]).toEqual([
        session.id,
        42,
        session.expiresAt,
      ]);
      for (const userId of ["43", "042", "x", "42.0", String(2 ** 31)])
        expect(await kept.list(userId)).toEqual([]);
      expect(await failureOf(kept.create("x", undefined))).toMatchObject({
        code: "E_INVALID_VALUE",
      });
      expect(await failureOf(kept.create("43", undefined))).toMatchObject({
        code: "E_FOREIGN_KEY_VIOLATION",
      });
      await db.delete(people).where(eq(people.id, 42));
      expect(await kept.find(token)).toBe(undefined);
    });

    test("are refused what the table has no column for", async ({ db }) => {
      const kept = await keep(db);
      const { token } = await kept.create("42", undefined);
      const schemaCode = { code: "E_SCHEMA" };
      expect(await failureOf(kept.rotate(token))).toMatchObject(schemaCode);
      for (const options of [{ graceMs: 1_000 }, { idleMs: 1_000 }])
        expect(
          await failureOf(() => void createDatabaseSessions(db, logins, { columns, ...options })),
        ).toMatchObject(schemaCode);
      const withData = createDatabaseSessions<Device>(db, logins, { columns });
      for (const work of [
        withData.create("42", { device: "a" }),
        withData.update(token, { device: "a" }),
      ])
        expect(await failureOf(work)).toMatchObject(schemaCode);
    });

    test("may be rotated without knowing copies, if that is said", async ({ db }) => {
      const kept = await keep(db, { detectsReuse: false });
      const { session, token } = await kept.create("42", undefined);
      const rotation = await kept.rotate(token);
      expect(rotation).toMatchObject({ status: "rotated", session: { id: session.id } });
      expect(await kept.rotate(token)).toEqual({ status: "unknown" });
      expect((await kept.list("42")).length).toBe(1);
    });
  });

  schemaGroup("sessions in a table with a cache", defineSchema({ users, kept }), (test) => {
    sessionCases(
      (name, run) =>
        test(name, ({ db }) =>
          caching(db, async (rows) => {
            const names = ["42", "43", "idle", "busy", ...HOSTILE_USERS];
            await db.insert(users).values(names.map((id) => ({ id })));
            await run((rules) => createDatabaseSessions(db, kept, { rows, ...rules }));
          }),
        ),
      expect,
    );

    test("are read once, and void for everybody with each change", ({ db }) =>
      caching(db, async (rows, store) => {
        await db.insert(users).values([{ id: "42" }, { id: "43" }]);
        const others = createRowCache(
          db,
          createCache(store, { namespace: "rows", ttlMs: DAY_MS }),
          {
            durable: false,
          },
        );
        const here = createDatabaseSessions<Device>(db, kept, { rows });
        const there = createDatabaseSessions<Device>(db, kept, { rows: others });
        const made = await here.create("42", { device: "a" });
        const bystander = await here.create("42", { device: "b" });
        for (let turn = 0; turn < 3; turn++)
          expect((await there.find(made.token))?.data).toEqual({ device: "a" });
        expect((await there.find(bystander.token))?.data).toEqual({ device: "b" });
        expect(others.stats().loads).toBe(2);

        await here.update(made.token, { device: "c" });
        expect((await there.find(made.token))?.data).toEqual({ device: "c" });
        expect(others.stats().loads).toBe(3);
        expect((await there.find(bystander.token))?.data).toEqual({ device: "b" });
        expect(others.stats().loads).toBe(3);

        await db.transaction(async (tx) => {
          await here.on(tx).revokeAll("42", { except: bystander.session.id });
          expect((await there.find(made.token))?.data).toEqual({ device: "c" });
        });
        expect(await there.find(made.token)).toBe(undefined);
        expect((await there.find(bystander.token))?.id).toBe(bystander.session.id);
        await db.delete(users).where(eq(users.id, "42"));
        expect(await there.find(bystander.token)).toBe(undefined);
      }));

    test("are the database's where the store is away", ({ db }) =>
      caching(db, async (rows, store) => {
        await db.insert(users).values({ id: "42" });
        const sessionsOf = createDatabaseSessions<Device>(db, kept, { rows });
        const { token } = await sessionsOf.create("42", { device: "a" });
        expect((await sessionsOf.find(token))?.userId).toBe("42");
        await store.close();
        expect((await sessionsOf.touch(token))?.userId).toBe("42");
        const rotation = await sessionsOf.rotate(token);
        expect(rotation.status).toBe("rotated");
        expect(await sessionsOf.revokeAll("42")).toBe(1);
        expect(await sessionsOf.list("42")).toEqual([]);
      }));
  });

  const owned = table("owned", { ...sessionColumns(), userId: bigint().notNull() });
  schemaGroup("sessions of users with large numbers", defineSchema({ owned }), (test) => {
    test("are those of the number", async ({ db }) => {
      const kept = createDatabaseSessions(db, owned);
      const most = "9223372036854775807";
      const { token } = await kept.create(most, undefined);
      expect((await kept.find(token))?.userId).toBe(most);
      expect(await kept.list("9223372036854775808")).toEqual([]);
    });
  });
}
