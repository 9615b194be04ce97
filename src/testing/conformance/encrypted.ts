import { createCipher, type EncryptionSettings } from "../../connect/cipher.ts";
import type { Engine } from "../../connect/source.ts";
import type { Cipher } from "../../dialect/values/type-map.ts";
import { Database } from "../../query/database.ts";
import { reencrypt } from "../../query/write/reencrypt.ts";
import {
  and,
  coalesce,
  count,
  countDistinct,
  eq,
  gt,
  inArray,
  isNotNull,
  isNull,
  like,
  lower,
  lt,
  max,
  ne,
  not,
  notInArray,
} from "../../query/expression.ts";
import { asc } from "../../query/order.ts";
import { isDistinctFrom } from "../../query/read/distinct.ts";
import { sql } from "../../query/sql.ts";
import { inserted } from "../../query/write/conflict.ts";
import type { ColumnBuilder } from "../../schema/column.ts";
import { defineSchema } from "../../schema/schema.ts";
import { alias, table, type NewRowOf, type Table } from "../../schema/table.ts";
import {
  bigint,
  boolean,
  bytes,
  date,
  decimal,
  double,
  enumType,
  integer,
  json,
  text,
  time,
  timestamp,
  uuid,
  varchar,
} from "../../schema/types.ts";
import { failureOf, type Kit } from "./kit.ts";

const mood = enumType("sealed_mood", ["low", "high"]);

const patients = table("sealed_patients", {
  id: integer().primaryKey(),
  email: varchar({ length: 60 }).notNull().encrypted({ deterministic: true }).unique(),
  note: text().encrypted(),
  ward: integer().encrypted({ deterministic: true }),
});
const visits = table("sealed_visits", {
  id: integer().primaryKey(),
  patientId: integer()
    .notNull()
    .references(() => patients.id),
  reason: text().notNull().encrypted(),
});
const kinds = table("sealed_kinds", {
  id: integer().primaryKey(),
  whole: integer().encrypted(),
  big: bigint().encrypted({ deterministic: true }),
  count: bigint({ mode: "number" }).encrypted(),
  price: decimal({ precision: 30, scale: 2 }).encrypted({ deterministic: true }),
  word: text().encrypted(),
  flag: boolean().encrypted(),
  key: uuid().encrypted({ deterministic: true }),
  at: timestamp().encrypted({ deterministic: true }),
  exact: timestamp({ precision: 6, mode: "string" }).encrypted(),
  day: date().encrypted(),
  hour: time().encrypted(),
  raw: bytes().encrypted(),
  mood: mood().encrypted(),
  ratio: double().encrypted(),
  doc: json<{ a: number[] }>().encrypted(),
});
const notes = table("sealed_notes", {
  id: integer().primaryKey(),
  note: text().encrypted(),
});
/** The same table as the database sees it. */
const stored = table("sealed_patients", {
  id: integer().primaryKey(),
  email: bytes().notNull(),
  note: bytes(),
  ward: bytes(),
});

/** What the types refuse is asked of this one. */
const asked = patients as unknown as Table<
  "sealed_patients",
  {
    id: ColumnBuilder<number, "key">;
    email: ColumnBuilder<string>;
    note: ColumnBuilder<string | null>;
    ward: ColumnBuilder<number | null>;
  }
>;

const schema = defineSchema({ patients, visits, kinds, notes });

const key = (byte: number): string => Buffer.alloc(32, byte).toString("base64");
const OLD = { current: "old", keys: { old: key(1) } };
const NEW = { current: "new", keys: { new: key(2) } };
const BOTH = { current: "new", keys: { old: key(1), new: key(2) } };

const ada = { id: 1, email: "ada@example.org", note: "allergic to penicillin", ward: 7 };
const bob = { id: 2, email: "bob@example.org", note: "allergic to penicillin", ward: 7 };
const eve = { id: 3, email: "eve@example.org", note: null, ward: null };

const everything: NewRowOf<typeof kinds> = {
  id: 1,
  whole: -5,
  big: 2n ** 62n,
  count: 2 ** 52,
  price: "12345678901234567890.10",
  word: "ä\u{1F600}",
  flag: true,
  key: "0190a5b0-0000-7000-8000-000000000001",
  at: new Date("2026-01-31T12:00:00.123Z"),
  exact: "2026-01-31T12:00:00.123456Z",
  day: "2026-01-31",
  hour: "12:00:00",
  raw: Uint8Array.of(0, 255),
  mood: "high",
  ratio: 0.1,
  doc: { a: [1, 2] },
};

/** Columns that the database keeps encrypted. */
export function encryptedCases({ expect, schemaGroup }: Kit): void {
  schemaGroup(
    "encrypted columns",
    schema,
    (test) => {
      test("give back values of every type, and keep none in clear", async ({ db }) => {
        await db.insert(kinds).values(everything);
        await db.insert(kinds).values({ id: 2 });
        const [one, none] = await db.from(kinds).orderBy(kinds.id);
        expect(one).toEqual(everything);
        expect(Object.values(none!).every((value) => value === 2 || value === null)).toBe(true);
        await db.insert(patients).values([ada, bob]);
        const [first, second] = await db.from(stored).orderBy(stored.id);
        const isSame = (left: Uint8Array | null, right: Uint8Array | null): boolean =>
          Buffer.from(left!).equals(right!);
        for (const cell of [first!.email, first!.note!, first!.ward!])
          expect(/ada|penicillin/.test(Buffer.from(cell).toString("latin1"))).toBe(false);
        // What is the same is so only where it was asked for.
        expect(isSame(first!.note, second!.note)).toBe(false);
        expect(isSame(first!.ward, second!.ward)).toBe(true);
      });

      test("are looked for by values, where they are deterministic", async ({ db }) => {
        await db.insert(patients).values([ada, bob, eve]);
        const ids = async (query: PromiseLike<{ id: number }[]>): Promise<number[]> =>
          (await query).map(({ id }) => id);
        const read = db.from(patients).orderBy(patients.id);
        expect(await read.where(eq(patients.email, ada.email))).toEqual([ada]);
        expect(await ids(read.where(eq(patients.email, "ADA@example.org")))).toEqual([]);
        expect(await ids(read.where(eq(patients.ward, 7)))).toEqual([1, 2]);
        expect(await ids(read.where(ne(patients.email, ada.email)))).toEqual([2, 3]);
        expect(await ids(read.where(inArray(patients.email, [bob.email, "x"])))).toEqual([2]);
        expect(await ids(read.where(notInArray(patients.email, [bob.email])))).toEqual([1, 3]);
        const many = Array.from({ length: 3_000 }, (_, at) => `${at}@example.org`);
        expect(await ids(read.where(inArray(patients.email, [...many, eve.email])))).toEqual([3]);
        expect(await ids(read.where(isDistinctFrom(patients.ward, 7)))).toEqual([3]);
        expect(await ids(read.where(isNull(patients.note)))).toEqual([3]);
        expect(await ids(read.where(and(isNotNull(patients.ward), eq(patients.ward, 7))))).toEqual([
          1, 2,
        ]);
        const [counted] = await db.select({ notes: count(patients.note) }).from(patients);
        expect(counted).toEqual({ notes: 2 });
      });

      test("are unique, where they are deterministic", async ({ db }) => {
        await db.insert(patients).values(ada);
        expect(
          await failureOf(db.insert(patients).values({ ...bob, email: ada.email })),
        ).toMatchObject({
          code: "E_UNIQUE_VIOLATION",
          columns: ["email"],
        });
        await db
          .insert(patients)
          .values({ ...bob, email: ada.email })
          .onConflict(patients.email)
          .update(["note"]);
        await db
          .insert(patients)
          .values({ ...ada, note: "from what was to be inserted" })
          .onConflict(patients.email)
          .update({ note: inserted(patients.note), ward: 8 });
        expect(await db.from(patients)).toEqual([
          { ...ada, note: "from what was to be inserted", ward: 8 },
        ]);
      });

      test("are written and read on every way", async ({ db }) => {
        const [returned] = await db.insert(patients).values(ada).returning();
        expect(returned).toEqual(ada);
        expect(
          await db
            .update(patients)
            .set({ note: "none" })
            .where(eq(patients.email, ada.email))
            .returning({ note: patients.note }),
        ).toEqual([{ note: "none" }]);
        await db.insert(patients).values([bob, eve]);
        await db.updateMany(patients, [
          { id: 1, note: "one" },
          { id: 2, ward: 9 },
          { id: 3, note: null },
        ]);
        async function* rows(): AsyncGenerator<NewRowOf<typeof patients>> {
          yield { ...ada, id: 4, email: "four@example.org" };
        }
        await db.insert(patients).stream(rows());
        const seen: unknown[] = [];
        for await (const row of db.from(patients).orderBy(patients.id).stream({ batch: 1 }))
          seen.push(row);
        expect(seen).toEqual([
          { ...ada, note: "one" },
          { ...bob, ward: 9 },
          eve,
          { ...ada, id: 4, email: "four@example.org" },
        ]);
        await db.insert(visits).values({ id: 1, patientId: 1, reason: "a cough" });
        const joined = await db
          .select({ reason: visits.reason, patient: patients })
          .from(visits)
          .innerJoin(patients, eq(patients.id, visits.patientId));
        expect(joined).toEqual([{ reason: "a cough", patient: { ...ada, note: "one" } }]);
        const other = alias(patients, "other");
        const inner = db.select({ id: other.id, mail: other.email }).from(other).as("inner_rows");
        expect(await db.from(inner).where(eq(inner.mail, bob.email))).toEqual([
          { id: 2, mail: bob.email },
        ]);
        expect((await db.from(patients).keyset([asc(patients.id)], { size: 1 })).items).toEqual([
          { ...ada, note: "one" },
        ]);
        const gone = await db.delete(patients).where(eq(patients.email, bob.email)).returning();
        expect(gone).toEqual([{ ...bob, ward: 9 }]);
      });

      test("refuse what the database would have to read them for", async ({ db }) => {
        const read = db.from(asked);
        for (const work of [
          () => read.where(eq(asked.note, "x")),
          () => read.where(inArray(asked.note, ["x"])),
          () => read.where(lt(asked.email, "x")),
          () => read.where(gt(asked.ward, 1)),
          () => read.where(like(asked.email, "a%")),
          () => read.where(eq(lower(asked.email), "a")),
          () => read.where(eq(asked.email, asked.note)),
          () => read.where(sql<boolean>`${asked.email} = ${"x"}` as never),
          () => read.orderBy(asked.email),
          () => read.keyset([asked.email], { size: 1 }),
          () => db.select({ email: asked.email }).from(asked).distinct(),
          () => db.select({ n: count() }).from(asked).groupBy(asked.email),
          () => db.select({ n: max(asked.email) }).from(asked),
          () => db.select({ n: countDistinct(asked.email) }).from(asked),
          () => db.select({ n: coalesce(asked.note, "x") }).from(asked),
          () =>
            db
              .update(asked)
              .set({ note: sql`'x'` })
              .where(eq(asked.id, 1)),
          () => db.update(asked).set({ note: asked.email }).where(eq(asked.id, 1)),
        ])
          expect(await failureOf(work), String(work)).toMatchObject({ code: "E_UNSUPPORTED" });
        // What is encrypted for one column is nothing in another.
        const mails = db.select({ id: patients.id, note: patients.email }).from(patients);
        const kept = db.select({ id: stored.id, note: stored.email }).from(stored);
        for (const query of [mails, kept])
          expect(await failureOf(() => db.insert(notes).select(query as never))).toMatchObject({
            code: "E_INVALID_VALUE",
          });
        expect(await failureOf(() => mails.unionAll(kept as never))).toMatchObject({
          code: "E_UNKNOWN_COLUMN",
        });
        for (const email of ["x".repeat(61), 7 as never])
          expect(await failureOf(db.insert(patients).values({ ...ada, email }))).toMatchObject({
            code: typeof email === "string" ? "E_VALUE_TOO_LONG" : "E_INVALID_VALUE",
          });
      });

      test("tell what was changed, moved, or is of no key, and never a value", async ({ db }) => {
        await db.insert(patients).values([ada, bob]);
        const [first, second] = await db.from(stored).orderBy(stored.id);
        const fails = async (note: Uint8Array, reason: string): Promise<void> => {
          await db.update(stored).set({ note }).where(eq(stored.id, 1));
          const error = await failureOf(db.from(patients).where(eq(patients.id, 1)));
          expect(error).toMatchObject({ code: "E_ENCRYPTION", reason });
        };
        const flip = (bytesOf: Uint8Array, at: number): Uint8Array =>
          bytesOf.map((byte, place) => (place === at ? byte ^ 1 : byte));
        for (const at of [8, 20, first!.note!.length - 1])
          await fails(flip(first!.note!, at), "tampered");
        await fails(first!.note!.slice(0, 12), "tampered");
        await fails(first!.ward!, "tampered");
        await fails(flip(first!.note!, 3), "unknown key");
        await fails(Buffer.from("plain text"), "not encrypted");
        await fails(Uint8Array.of(), "not encrypted");
        // Within a column the rows are not told apart.
        await db.update(stored).set({ note: second!.note }).where(eq(stored.id, 1));
        expect((await db.from(patients).find(1))!.note).toBe(bob.note);
      });

      test("are moved from key to key, and found by each of them meanwhile", async ({ db }) => {
        const [old, both, next] = [OLD, BOTH, NEW].map((keys) => withKeys(db, keys)) as [
          Database,
          Database,
          Database,
        ];
        await old.insert(patients).values([ada, bob]);
        await both.insert(patients).values(eve);
        const read = both.from(patients).orderBy(patients.id);
        expect(await read).toEqual([ada, bob, eve]);
        expect(await read.where(eq(patients.email, ada.email))).toEqual([ada]);
        expect(await read.where(eq(patients.email, eve.email))).toEqual([eve]);
        expect(await read.where(ne(patients.email, ada.email))).toEqual([bob, eve]);
        expect(await read.where(inArray(patients.email, [bob.email, eve.email]))).toEqual([
          bob,
          eve,
        ]);
        expect(await read.where(notInArray(patients.email, [bob.email, eve.email]))).toEqual([ada]);
        expect(await read.where(isDistinctFrom(patients.ward, 7))).toEqual([eve]);
        expect(await read.where(not(eq(patients.ward, 7)))).toEqual([]);
        expect(await failureOf(next.from(patients))).toMatchObject({ reason: "unknown key" });

        expect(await reencrypt(both, patients, { batch: 1 })).toEqual({ rows: 3, reencrypted: 2 });
        expect(await reencrypt(both, patients)).toEqual({ rows: 3, reencrypted: 0 });
        expect(await next.from(patients).orderBy(patients.id)).toEqual([ada, bob, eve]);
        expect(await next.from(patients).where(eq(patients.email, ada.email))).toEqual([ada]);
        expect(await failureOf(old.from(patients))).toMatchObject({ reason: "unknown key" });
        const other = withKeys(db, { current: "new", keys: { new: key(3) } });
        expect(await failureOf(other.from(patients))).toMatchObject({ reason: "tampered" });
        expect(await failureOf(() => reencrypt(both, stored))).toMatchObject({
          code: "E_UNKNOWN_COLUMN",
        });
      });

      test("need keys that are some", async ({ db }) => {
        const without = Database.of(engineWith(db, undefined), undefined);
        for (const work of [
          () => without.from(patients),
          () => without.insert(patients).values(ada),
          () => reencrypt(without, patients),
        ])
          expect(await failureOf(work)).toMatchObject({ code: "E_ENCRYPTION", reason: "no keys" });
        expect(await without.select({ id: patients.id }).from(patients)).toEqual([]);
        for (const settings of [
          { current: "a", keys: {} },
          { current: "a", keys: { a: "short" } },
          { current: "a", keys: { a: new Uint8Array(31) } },
          { current: "", keys: { "": key(1) } },
          { current: "a b", keys: { "a b": key(1) } },
        ])
          expect(await failureOf(() => createCipher(settings))).toMatchObject({ code: "E_CONFIG" });
      });
    },
    { encryption: OLD },
  );
}

function engineWith(db: Database, cipher: Cipher | undefined): Engine {
  const engine = db["~engine"];
  const { cipher: _, ...types } = engine.dialect.types;
  const own = cipher === undefined ? types : { ...types, cipher };
  return { ...engine, dialect: { ...engine.dialect, types: own } };
}

/** Another client of the same database. */
function withKeys(db: Database, settings: EncryptionSettings): Database {
  return Database.of(engineWith(db, createCipher(settings)), undefined);
}
