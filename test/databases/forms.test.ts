import {
  add,
  alias,
  caseWhen,
  coalesce,
  connect,
  createTables,
  decimal,
  defineSchema,
  eq,
  inArray,
  inserted,
  integer,
  scalar,
  table,
  text,
  time,
  timestamp,
  uuid,
  type Database,
  type Expression,
} from "plinth";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { failureOf } from "../../src/testing/conformance/kit.ts";
import { createTestDatabase, testServers, type TestDatabase } from "../servers/databases.ts";

const seconds = { sqlite: "iso", postgres: "seconds", mysql: "seconds" } as const;

const forms = table("forms", {
  id: integer().primaryKey(),
  key: uuid(),
  keyBytes: uuid({ storage: { sqlite: "blob", postgres: "text", mysql: "binary" } }),
  at: timestamp(),
  counted: timestamp({ storage: seconds }),
  fine: timestamp({ precision: 6 }),
  price: decimal({ precision: 10, scale: 2 }),
  rate: decimal({ precision: 10, scale: 3 }),
  clock: time(),
  milli: time({ precision: 3 }),
  note: text(),
  label: text(),
});

type Key = "at" | "clock" | "counted" | "fine" | "key" | "keyBytes" | "milli" | "price" | "rate";

const row = {
  id: 1,
  keyBytes: "0190a3c4-5d6e-7f80-9123-456789abcdef",
  counted: new Date(5_000),
  fine: new Date(7),
  rate: "1.250",
  milli: "01:02:03.000",
};

/** Columns of one type that a database keeps in two forms: none is taken for the other. */
describe.each(testServers())("values in two forms, on $name", (server) => {
  let own: TestDatabase;
  let db: Database;

  beforeAll(async () => {
    own = await createTestDatabase(server);
    db = await connect(own.url);
    await createTables(db, defineSchema({ forms }));
  });

  beforeEach(async () => {
    await db.delete(forms).all();
  });

  afterAll(async () => {
    await db.close();
    await own.drop();
  });

  const pairs: readonly (readonly [Key, Key, unknown])[] = [
    ["key", "keyBytes", undefined],
    ["at", "counted", undefined],
    ["at", "fine", new Date(7)],
    ["price", "rate", "1.25"],
    ["clock", "milli", "01:02:03"],
  ];
  for (const [left, right, expected] of pairs) {
    test(`of ${left} and ${right} are converted or refused, never mistaken`, async () => {
      const [one, other] = [forms[left], forms[right]] as unknown as Expression<string, "forms">[];
      const inner = alias(forms, "inner");
      const innerOther = inner[right] as unknown as Expression<string, "inner">;
      const isFirst = eq(forms.id, 1);
      const set = (value: unknown) => async () => {
        await db
          .update(forms)
          .set({ [left]: value } as never)
          .where(isFirst);
        return db.select({ x: one! }).from(forms).where(isFirst);
      };
      const reads: Record<string, () => PromiseLike<readonly object[]>> = {
        set: set(other),
        scalar: set(scalar(db.select({ x: innerOther }).from(inner).where(eq(inner.id, 1)))),
      };
      // Decimals with other digits are refused in these whatever the database.
      if (left !== "price") {
        reads["coalesce"] = async () => db.select({ x: coalesce(one!, other!) }).from(forms);
        reads["insert"] = async () => {
          const query = db.select({ id: add(forms.id, 1), [left]: other! }).from(forms);
          await db.insert(forms).select(query.where(isFirst) as never);
          return db.select({ x: one! }).from(forms).where(eq(forms.id, 2));
        };
        reads["case"] = async () =>
          db.select({ x: caseWhen(eq(forms.id, 2), one!).else(other!) }).from(forms);
        reads["unionAll"] = async () => {
          const none = db.select({ x: one! }).from(forms).where(eq(forms.id, 9));
          return none.unionAll(db.select({ x: other! }).from(forms).where(isFirst));
        };
      }
      for (const [name, read] of Object.entries(reads)) {
        await db.delete(forms).all();
        await db.insert(forms).values(row);
        if (expected === undefined || db.can.isEmbedded) {
          expect(await failureOf(read), name).toMatchObject({ code: "E_UNSUPPORTED" });
          continue;
        }
        expect(await read(), name).toEqual([{ x: expected }]);
      }
      const inQuery = () =>
        db.from(forms).where(inArray(one!, db.select({ other: other! }).from(forms)));
      if (expected === undefined || db.can.isEmbedded)
        expect(await failureOf(inQuery)).toMatchObject({ code: "E_UNSUPPORTED" });
    });
  }

  test("stand in for one another where they are of one form, the first that there is", async () => {
    await db
      .insert(forms)
      .values([{ id: 1, note: "n", label: "l" }, { id: 2, label: "l" }, { id: 3 }]);
    const x = coalesce(forms.note, forms.label, "none");
    expect(await db.select({ x }).from(forms).orderBy(forms.id).list()).toEqual(["n", "l", "none"]);
    expect(await failureOf(() => coalesce(forms.note, forms.label, null as never))).toMatchObject({
      code: "E_INVALID_VALUE",
    });
  });

  test("are kept by every write", async () => {
    const values = {
      keyBytes: row.keyBytes,
      counted: new Date("9999-12-31T23:59:59.000Z"),
      fine: new Date("1969-12-31T23:59:59.999Z"),
    };
    const rows = [
      { id: 1, ...values },
      { id: 2, ...values, counted: new Date("0001-01-01T00:00:00.000Z") },
    ];
    const columns = {
      id: forms.id,
      keyBytes: forms.keyBytes,
      counted: forms.counted,
      fine: forms.fine,
    };
    const read = db.select(columns).from(forms).orderBy(forms.id);
    const inserting = () => db.insert(forms).values(rows).onConflict(forms.id);
    const set = {
      keyBytes: inserted(forms.keyBytes),
      counted: inserted(forms.counted),
      fine: inserted(forms.fine),
    };
    const writes = [
      () => db.insert(forms).values(rows),
      () => db.updateMany(forms, rows),
      () => inserting().update(["keyBytes", "counted", "fine"]),
      () => inserting().update(set),
    ];
    for (const [at, write] of writes.entries()) {
      await write();
      expect(await read, `write ${at}`).toEqual(rows);
      await db.update(forms).set({ keyBytes: null, counted: null, fine: null }).all();
    }
  });
});
