import { createTables } from "../../migrate/create-tables.ts";
import { eq } from "../../query/expression.ts";
import { track, trackNew } from "../../query/track.ts";
import { hooks } from "../../query/watch/hooks.ts";
import { defineSchema } from "../../schema/schema.ts";
import { table } from "../../schema/table.ts";
import { timestamps } from "../../schema/timestamps.ts";
import { bytes, decimal, integer, json, text, timestamp, varchar } from "../../schema/types.ts";
import { version } from "../../schema/version.ts";
import { failureOf, type Kit } from "./kit.ts";

const cards = table("cards", {
  id: integer().primaryKey().autoIncrement(),
  title: text().notNull(),
  price: decimal({ precision: 10, scale: 2 }),
  meta: json<{ tags: string[] }>(),
  data: bytes(),
  dueAt: timestamp(),
  version: version(),
  ...timestamps(),
});

const slots = table("slots", {
  row: varchar({ length: 5 }).primaryKey(),
  number: integer().primaryKey(),
  holder: text(),
});

/** Rows in hand that know what of them has changed. */
export function trackCases({ expect, group, alone }: Kit): void {
  group("tracked rows", { cards, slots }, (test) => {
    test("write what has changed, and nothing where nothing has", async ({ db }) => {
      const dueAt = new Date("2024-01-02T03:04:05.678Z");
      await db.insert(cards).values({
        title: "a",
        price: "1.50",
        meta: { tags: ["x"] },
        data: new Uint8Array([1, 2]),
        dueAt,
      });
      const row = await db.from(cards).one();
      const card = track(cards, row);
      expect([card.isNew, card.isChanged, card.changes]).toEqual([false, false, {}]);
      await card.save({} as never);

      Object.assign(card.row, { title: "a", price: "1.5", dueAt: new Date(dueAt) });
      card.row.meta = { tags: ["x"] };
      card.row.data = new Uint8Array([1, 2]);
      expect([card.isChanged, card.stateOf("price")]).toEqual([false, "unchanged"]);

      card.row.title = "b";
      card.row.meta.tags.push("y");
      expect(card.changes).toEqual({ title: "b", meta: { tags: ["x", "y"] } });
      expect([card.stateOf("title"), card.stateOf("id")]).toEqual(["set", "unchanged"]);
      const saved = await card.save(db);
      expect([saved.title, saved.meta, saved.version]).toEqual(["b", { tags: ["x", "y"] }, 2]);
      expect(card.row).toEqual(saved);
      expect([card.isChanged, row.title, row.meta]).toEqual([false, "a", { tags: ["x"] }]);

      card.row.price = null;
      expect((await card.save(db)).price).toBe(null);
      expect(await db.from(cards).one()).toEqual(card.row);
    });

    test("insert what is new, and update it from then on", async ({ db }) => {
      const card = trackNew(cards, { title: "new" });
      expect([card.isNew, card.isChanged, card.stateOf("price")]).toEqual([true, true, "unset"]);
      card.row.price = "2.00";
      const first = await card.save(db);
      expect([first.title, first.price, first.version, card.isNew]).toEqual([
        "new",
        "2.00",
        1,
        false,
      ]);
      card.row.title = "newer";
      expect(card.changes).toEqual({ title: "newer" });
      const second = await card.save(db);
      expect([second.id, second.title, second.version]).toEqual([first.id, "newer", 2]);
      expect(await db.from(cards).count()).toBe(1);
    });

    test("write only over the version that was read", async ({ db }) => {
      await db.insert(cards).values({ id: 1, title: "a" });
      const one = await db.from(cards).one();
      const [mine, theirs] = [track(cards, one), track(cards, one)];
      theirs.row.title = "theirs";
      await theirs.save(db);
      mine.row.title = "mine";
      expect(await failureOf(mine.save(db))).toMatchObject({ code: "E_STALE" });
      expect([mine.isChanged, mine.row.title]).toEqual([true, "mine"]);
      await db.delete(cards).all();
      theirs.row.title = "x";
      expect(await failureOf(theirs.save(db))).toMatchObject({ code: "E_NOT_FOUND" });
    });

    test("have keys of several columns, and can be taken back", async ({ db }) => {
      const slot = trackNew(slots, { row: "a", number: 1 });
      await slot.save(db);
      slot.row.holder = "Ada";
      slot.reset();
      expect([slot.row.holder, slot.isChanged]).toEqual([null, false]);
      slot.row.holder = "Bo";
      await slot.save(db);
      const read = track(slots, await db.from(slots).one());
      await db.delete(slots).where(eq(slots.row, "a"));
      read.row.holder = "Cy";
      expect(await failureOf(read.save(db))).toMatchObject({ code: "E_NOT_FOUND" });
      (read.row as { number: number }).number = 2;
      expect(await failureOf(read.save(db))).toMatchObject({ code: "E_UNKNOWN_COLUMN" });
      read.reset("number");
      expect(read.changes).toEqual({ holder: "Cy" });
    });

    test("go by hooks, and keep what is assigned while they are written", async () => {
      const own = [
        hooks(slots, {
          beforeUpdate: ({ updates }) =>
            updates.map(({ set }) => ({ ...set, holder: `${set.holder as string}!` })),
        }),
      ];
      await alone(
        async (db) => {
          await createTables(db, defineSchema({ slots }));
          const slot = trackNew(slots, { row: "a", number: 1 });
          await slot.save(db);
          slot.row.holder = "Ada";
          expect((await slot.save(db)).holder).toBe("Ada!");
          slot.row.holder = "Bo";
          const saving = slot.save(db);
          slot.row.holder = "Cy";
          expect(await failureOf(slot.save(db))).toMatchObject({ code: "E_WRITE_TWICE" });
          expect((await saving).holder).toBe("Bo!");
          expect(slot.changes).toEqual({ holder: "Cy" });
        },
        { hooks: own },
      );
    });

    test("are refused without a key", async () => {
      const keyless = table("keyless", { a: integer() });
      expect(await failureOf(() => trackNew(keyless))).toMatchObject({ code: "E_UNKNOWN_COLUMN" });
      expect(await failureOf(() => track(cards, { title: "a" } as never))).toMatchObject({
        code: "E_UNKNOWN_COLUMN",
      });
    });
  });
}
