import { uuidv7 } from "../../core/uuid.ts";
import { createTables } from "../../migrate/create-tables.ts";
import { audited } from "../../query/audit/audited.ts";
import { historyOf } from "../../query/audit/history.ts";
import type { AuditOptions } from "../../query/audit/trail.ts";
import type { Database } from "../../query/database.ts";
import { add } from "../../query/functions/arithmetic.ts";
import { eq, gt } from "../../query/expression.ts";
import { hooks, type TableHooks } from "../../query/watch/hooks.ts";
import { auditColumns, auditLog } from "../../schema/audit-log.ts";
import { defineSchema } from "../../schema/schema.ts";
import { softDelete } from "../../schema/soft-delete.ts";
import { table } from "../../schema/table.ts";
import { timestamps } from "../../schema/timestamps.ts";
import {
  bigint,
  bytes,
  decimal,
  integer,
  json,
  text,
  timestamp,
  uuid,
  varchar,
} from "../../schema/types.ts";
import { version } from "../../schema/version.ts";
import { track } from "../../query/track.ts";
import { failureOf, type Kit } from "./kit.ts";

const people = table("people", {
  id: integer().primaryKey().autoIncrement(),
  email: varchar({ length: 40 }).unique(),
  name: text().notNull(),
  passwordHash: text(),
  phone: text(),
  credits: integer().notNull().default(0),
});

const files = table("files", {
  owner: varchar({ length: 10 }).primaryKey(),
  number: bigint().primaryKey(),
  data: bytes(),
  price: decimal({ precision: 10, scale: 2 }),
  meta: json<{ readonly tags: readonly string[] }>(),
  seenAt: timestamp(),
  version: version(),
  ...timestamps(),
});

const loose = table("loose", { id: uuid().primaryKey().$default(uuidv7), name: text() });

const drafts = table("drafts", {
  id: integer().primaryKey(),
  title: text(),
  ...softDelete({ by: "deletedBy" }),
});

const patients = table("patients", {
  id: integer().primaryKey(),
  email: varchar({ length: 40 }).encrypted({ deterministic: true }).unique(),
  notes: text().encrypted(),
});
const KEYS = { current: "a", keys: { a: new Uint8Array(32).fill(7) } };

const log = auditLog();
const ownLog = table("own_log", { ...auditColumns(), team: text(), kind: text().default("x") });
const schema = defineSchema({ people, files, loose, drafts, log, ownLog });

const AUDIT: AuditOptions = {
  table: log,
  tables: [files, audited(people, { except: ["passwordHash"], mask: ["phone"] })],
};

/** Who changed what, written down in the transaction that changes it. */
export function auditCases({ expect, group, alone }: Kit): void {
  const withAudit = (
    work: (db: Database) => Promise<void>,
    audit: AuditOptions = AUDIT,
    own: readonly TableHooks[] = [],
  ): Promise<void> =>
    alone(
      async (db) => {
        await createTables(db, schema);
        await work(db);
      },
      { audit, hooks: own },
    );

  const columns = {
    action: log.action,
    table: log.table,
    key: log.key,
    before: log.before,
    after: log.after,
  };
  const entries = (db: Database) => db.select(columns).from(log).orderBy(log.id);

  group("audit trails", {}, (test) => {
    test("hold who did what from where, and when", async () => {
      await withAudit(async (db) => {
        const ada = { id: 7n, ip: "10.0.0.1", userAgent: "test", team: undefined, tags: ["a"] };
        await db.as(ada).insert(people).values({ name: "Grace" });
        await db.insert(people).values({ name: "Tim" });
        const [first, second] = await db.from(log).orderBy(log.id);
        expect([first!.actor, first!.request]).toEqual([
          "7",
          { ip: "10.0.0.1", userAgent: "test", tags: ["a"] },
        ]);
        expect([second!.actor, second!.request, second!.details]).toEqual([null, null, null]);
        expect(Math.abs(first!.at.getTime() - Date.now()) < 60_000).toBe(true);
      });
    });

    test("hold rows that were inserted and deleted, and of updates what changed", async () => {
      await withAudit(async (db) => {
        const id = 1;
        await db.insert(people).values({ id, name: "Ada", passwordHash: "x", phone: "1" });
        await db.update(people).set({ name: "Ada L.", credits: 0 }).where(eq(people.id, id));
        await db.update(people).set({ phone: "2", passwordHash: "y" }).where(eq(people.id, id));
        await db.update(people).set({ passwordHash: "z" }).where(eq(people.id, id));
        await db.update(people).set({ phone: null }).all();
        await db.delete(people).where(eq(people.id, id));
        const of = { table: "people", key: "1" };
        const row = { id: 1, email: null, name: "Ada", phone: "***", credits: 0 };
        const last = { ...row, name: "Ada L.", phone: null };
        expect(await entries(db)).toEqual([
          { action: "insert", ...of, before: null, after: row },
          { action: "update", ...of, before: { name: "Ada" }, after: { name: "Ada L." } },
          { action: "update", ...of, before: { phone: "***" }, after: { phone: "***" } },
          { action: "update", ...of, before: { phone: "***" }, after: { phone: null } },
          { action: "delete", ...of, before: last, after: null },
        ]);
      });
    });

    test("hold every way of writing many rows", async () => {
      await withAudit(async (db) => {
        await db.insert(people).values([1, 2, 3].map((id) => ({ id, name: `p${id}` })));
        await db.insert(people).stream([{ id: 4, name: "p4", email: "four" }]);
        await db.insert(people).select(
          db
            .select({ id: add(people.id, 10), name: people.name })
            .from(people)
            .where(eq(people.id, 1)),
        );
        const made = await entries(db);
        expect(made.map(({ action, key }) => [action, key])).toEqual(
          ["1", "2", "3", "4", "11"].map((key) => ["insert", key]),
        );
        await db.delete(log).all();

        await db
          .update(people)
          .set({ credits: add(people.credits, 5) })
          .where(gt(people.id, 2));
        await db.updateMany(people, [
          { id: 1, credits: 1 },
          { id: 2, name: "two" },
        ]);
        await db
          .insert(people)
          .values([
            { id: 50, name: "four", email: "four", credits: 9 },
            { id: 51, name: "five", email: "five" },
          ])
          .onConflict(people.email)
          .update(["credits"]);
        const kinds = (await entries(db)).map(({ action, key, after }) =>
          JSON.stringify([action, action === "insert" ? "" : key, after?.["credits"]]),
        );
        expect(kinds.toSorted()).toEqual(
          [
            ["insert", "", 0],
            ["update", "1", 1],
            ["update", "11", 5],
            ["update", "2", undefined],
            ["update", "3", 5],
            ["update", "4", 5],
            ["update", "4", 9],
          ].map((item) => JSON.stringify(item)),
        );
      });
    });

    test("hold values of every kind, by keys of several columns", async () => {
      await withAudit(async (db) => {
        const key = { owner: "a,b", number: 2n ** 60n };
        const seenAt = new Date("2024-02-03T04:05:06.789Z");
        await db.insert(files).values({
          ...key,
          data: new Uint8Array([0, 255]),
          price: "1.50",
          meta: { tags: ["x"] },
          seenAt,
        });
        await db
          .update(files)
          .set({ meta: { tags: ["x", "y"] }, price: "1.50", seenAt })
          .all();
        const [made, changed] = await db
          .from(log)
          .where(historyOf(log, files, key))
          .orderBy(log.id);
        expect(made!.key).toBe('["a,b","1152921504606846976"]');
        expect(made!.after).toMatchObject({
          number: "1152921504606846976",
          data: "AP8=",
          price: "1.50",
          seenAt: "2024-02-03T04:05:06.789Z",
          version: 1,
        });
        const { updatedAt: _, ...told } = changed!.after!;
        expect(told).toEqual({ meta: { tags: ["x", "y"] }, version: 2 });
        expect(await db.from(log).where(historyOf(log, files)).count()).toBe(2);
        expect(
          await db
            .from(log)
            .where(historyOf(log, people, 1))
            .count(),
        ).toBe(0);
      });
    });

    test("tell a soft delete and a restore from other updates, and from a delete for good", async () => {
      await withAudit(
        async (db) => {
          await db.insert(drafts).values([1, 2].map((id) => ({ id, title: `d${id}` })));
          await db.as({ id: "ada" }).delete(drafts).where(eq(drafts.id, 1));
          await db.restore(drafts).where(eq(drafts.id, 1));
          await db.delete(drafts).all();
          await db.delete(drafts).hard().onlyDeleted().where(eq(drafts.id, 2));
          const rows = await entries(db);
          expect(rows.map(({ action, key }) => `${action} ${key}`).toSorted()).toEqual([
            "delete 2",
            "insert 1",
            "insert 2",
            "restore 1",
            "soft delete 1",
            "soft delete 1",
            "soft delete 2",
          ]);
          const [first] = await db.from(log).where(eq(log.action, "soft delete")).orderBy(log.id);
          expect([first!.before, first!.actor, typeof first!.after!["deletedAt"]]).toEqual([
            { deletedAt: null, deletedBy: null },
            "ada",
            "string",
          ]);
          expect(first!.after!["deletedBy"]).toBe("ada");
        },
        { table: log, tables: [drafts] },
      );
    });

    test("mask what is encrypted, unless it is to be told", async () => {
      const told = audited(patients, { reveal: ["email"] });
      await alone(
        async (db) => {
          await createTables(db, defineSchema({ patients, log }));
          await db.insert(patients).values({ id: 1, email: "a@x", notes: "secret" });
          await db
            .insert(patients)
            .values({ id: 2, email: "a@x", notes: "other" })
            .onConflict(patients.email)
            .update(["notes"]);
          const patient = track(patients, await db.from(patients).one());
          expect(patient.isChanged).toBe(false);
          patient.row.email = "b@x";
          await patient.save(db);
          expect((await entries(db)).map(({ before, after }) => [before, after])).toEqual([
            [null, { id: 1, email: "a@x", notes: "***" }],
            [{ notes: "***" }, { notes: "***" }],
            [{ email: "a@x" }, { email: "b@x" }],
          ]);
          expect((await db.from(patients).one()).notes).toBe("other");
        },
        { audit: { table: log, tables: [told] }, encryption: KEYS },
      );
    });

    test("are part of the transaction, and are undone with it", async () => {
      await withAudit(async (db) => {
        const failing = db.transaction(async (tx) => {
          await tx.insert(people).values({ name: "Ada" });
          expect(await tx.from(log).count()).toBe(1);
          throw new RangeError("no");
        });
        expect(await failureOf(failing)).toMatchObject({ message: "no" });
        await db.insert(people).values({ id: 1, name: "Ada" });
        const twice = db.insert(people).values([
          { id: 2, name: "x" },
          { id: 1, name: "y" },
        ]);
        expect(await failureOf(twice)).toMatchObject({ code: "E_UNIQUE_VIOLATION" });
        expect(await db.from(log).count()).toBe(1);
      });
    });

    test("hold events that change no row, with or without who it was", async () => {
      await withAudit(async (db) => {
        await db.audit({ action: "login.failed", details: { name: "eve", tries: 3n } });
        await db.transaction((tx) =>
          tx.as({ id: "ada" }).audit({ action: "export", table: people, key: 5 }),
        );
        const rows = await db.from(log).orderBy(log.id);
        expect(rows).toMatchObject([
          {
            action: "login.failed",
            table: null,
            key: null,
            actor: null,
            details: { name: "eve", tries: "3" },
          },
          { action: "export", table: "people", key: "5", actor: "ada", details: null },
        ]);
        const refused = [
          db.audit({ action: "x", key: 1 as never }),
          db.audit({ action: "x", table: files, key: { owner: "a" } as never }),
        ];
        for (const one of refused)
          expect(await failureOf(one)).toMatchObject({ code: "E_INVALID_VALUE" });
      });
    });

    test("hold what hooks write, and stand in a table of one's own", async () => {
      const own = [
        hooks(people, {
          async afterInsert({ tx, rows }) {
            await tx.insert(loose).values(rows.map(({ name }) => ({ name })));
          },
        }),
      ];
      const audit = { table: ownLog, tables: [people, loose] };
      await withAudit(
        async (db) => {
          await db.insert(people).values({ name: "Ada" });
          const rows = await db.from(ownLog).orderBy(ownLog.id);
          expect(rows.map(({ table: of, kind, team }) => [of, kind, team])).toEqual([
            ["people", "x", null],
            ["loose", "x", null],
          ]);
        },
        audit,
        own,
      );
    });

    test("are refused where they can't be", async () => {
      const keyless = table("keyless", { a: integer() });
      const refused: AuditOptions[] = [
        { table: people as never, tables: [files] },
        { table: log, tables: [log] },
        { table: log, tables: [people, audited(people)] },
        { table: log, tables: [keyless] },
      ];
      for (const audit of refused)
        expect(await failureOf(alone(async () => {}, { audit }))).toMatchObject({
          code: "E_SCHEMA",
        });
      expect(await failureOf(() => audited(people, { mask: ["no" as never] }))).toMatchObject({
        code: "E_SCHEMA",
      });
      await alone(async (db) => {
        expect(await failureOf(db.audit({ action: "x" }))).toMatchObject({ code: "E_CONFIG" });
      });
    });
  });
}
