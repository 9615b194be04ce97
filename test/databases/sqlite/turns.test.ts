// An embedded database answers at once; others in the process are to have their turn nevertheless.
import { expect, test } from "vitest";
import { connect, createTables, defineSchema, integer, table } from "../../../src/entry/main.ts";

const numbers = table("numbers", { value: integer().notNull() });
const schema = defineSchema({ numbers });

test.each(["statements", "transactions"] as const)(
  "a loop of %s, each awaited, lets timers have their turn, and stays in order",
  async (what) => {
    await using db = await connect("sqlite::memory:", { schema });
    await createTables(db, schema);
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const untilMs = performance.now() + 300;
    let value = 0;
    while (performance.now() < untilMs) {
      const row = { value: value++ };
      if (what === "statements") await db.insert(numbers).values(row);
      else await db.transaction(async (tx) => void (await tx.insert(numbers).values(row)));
    }
    clearInterval(timer);
    expect(turns).toBeGreaterThan(2);
    const inOrder = await db.from(numbers);
    expect(inOrder.map((row) => row.value)).toEqual(Array.from({ length: value }, (_, at) => at));
  },
);
