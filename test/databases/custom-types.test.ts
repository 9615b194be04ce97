import {
  add,
  bindAs,
  coalesce,
  connect,
  count,
  createTables,
  customType,
  defineSchema,
  eq,
  gt,
  inArray,
  inserted,
  integer,
  isNull,
  ne,
  sql,
  table,
  text,
  uuid,
  type Database,
} from "plinth";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestDatabase, testServers, type TestDatabase } from "../servers/databases.ts";

/** What a promise was rejected with, or a function threw. */
async function failureOf(work: PromiseLike<unknown> | (() => unknown)): Promise<unknown> {
  try {
    await (typeof work === "function" ? work() : work);
  } catch (error) {
    return error;
  }
  throw new Error("It succeeded, and was to fail.");
}

interface Colour {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
}

/** What is stored is told from what is bound and from what is read, as with the functions of a geometry. */
const stored = { write: "concat('<', $value)", read: "replace($value, '<', '>')" };

const colour = customType<Colour>({
  name: "colour",
  sqlite: { type: "text", write: "'<' || $value", read: "replace($value, '<', '>')" },
  postgres: { type: "text", ...stored, write: "'<' || $value::text" },
  mysql: { type: "varchar(50)", ...stored },
  encode({ red, green, blue }) {
    if (red > 255) throw new RangeError(`secret ${red}`);
    return `${red},${green},${blue}`;
  },
  decode(text) {
    const [mark, ...digits] = String(text).split(/(?<=>)|,/);
    if (mark !== ">") throw new TypeError(`secret ${String(text)}`);
    const [red = 0, green = 0, blue = 0] = digits.map(Number);
    return { red, green, blue };
  },
});

/** A number, which the program knows as a word. */
const level = customType<"high" | "low">({
  name: "level",
  sqlite: { type: "integer" },
  postgres: { type: "integer" },
  mysql: { type: "int" },
  encode: (word) => (word === "low" ? 1 : 2),
  decode: (number) => (Number(number) === 1 ? "low" : "high"),
});

interface Point {
  readonly x: number;
  readonly y: number;
}

/** A geometry, where the server has one of its own, which goes with no other type. */
const point = customType<Point>({
  name: "point",
  sqlite: { type: "text" },
  postgres: { type: "text" },
  mysql: { type: "point", write: "ST_GeomFromText($value)", read: "ST_AsText($value)" },
  encode: ({ x, y }) => `POINT(${x} ${y})`,
  decode(text) {
    const [x = 0, y = 0] = String(text).slice(6, -1).split(" ").map(Number);
    return { x, y };
  },
});

const places = table("places", {
  id: uuid().primaryKey(),
  at: point(),
  visits: integer().notNull().default(1),
});

const paints = table("paints", {
  id: integer().primaryKey(),
  colour: colour("the_colour"),
  level: level()
    .notNull()
    .default(sql`1`),
  name: text(),
});

const RED = { red: 255, green: 0, blue: 0 };
const BLUE = { red: 0, green: 0, blue: 255 };

describe.each(testServers())("custom types, on $name", (server) => {
  let own: TestDatabase;
  let db: Database;

  beforeAll(async () => {
    own = await createTestDatabase(server);
    db = await connect(own.url);
    await createTables(db, defineSchema({ paints, places }));
  });

  beforeEach(async () => {
    await db.delete(paints).all();
  });

  afterAll(async () => {
    await db.close();
    await own.drop();
  });

  test("are written and read by their codec, and by SQL around the value", async () => {
    const [made] = await db.insert(paints).values({ id: 1, colour: RED }).returning();
    expect(made).toEqual({ id: 1, colour: RED, level: "low", name: null });
    await db.insert(paints).values([
      { id: 2, colour: BLUE, level: "high" },
      { id: 3, colour: null },
    ]);
    expect(await db.from(paints).find(2)).toEqual({
      id: 2,
      colour: BLUE,
      level: "high",
      name: null,
    });
    const raw = sql`the_colour`.as(text());
    const kept = db.select({ raw }).from(paints).orderBy(paints.id);
    expect(await kept).toEqual([{ raw: "<255,0,0" }, { raw: "<0,0,255" }, { raw: null }]);
  });

  test("are compared, set and given back", async () => {
    await db
      .insert(paints)
      .values([{ id: 1, colour: RED }, { id: 2, colour: BLUE, level: "high" }, { id: 3 }]);
    const ids = (condition: ReturnType<typeof eq>): Promise<number[]> =>
      db.select({ id: paints.id }).from(paints).where(condition).orderBy(paints.id).list();
    expect(await ids(eq(paints.colour, RED))).toEqual([1]);
    expect(await ids(ne(paints.colour, RED))).toEqual([2]);
    expect(await ids(eq(paints.level, "high"))).toEqual([2]);
    expect(await ids(isNull(paints.colour))).toEqual([3]);
    const where = sql<boolean>`${paints.colour} = ${bindAs(paints.colour, BLUE)}`;
    expect(await ids(where)).toEqual([2]);
    const [changed] = await db
      .update(paints)
      .set({ colour: BLUE, level: "high" })
      .where(eq(paints.id, 3))
      .returning({ colour: paints.colour });
    expect(changed).toEqual({ colour: BLUE });
    expect(
      await db.delete(paints).where(eq(paints.colour, RED)).returning({ c: paints.colour }),
    ).toEqual([{ c: RED }]);
    await db.insert(paints).values({ id: 2, colour: RED }).onConflict(paints.id).update(["colour"]);
    expect((await db.from(paints).find(2))?.colour).toEqual(RED);
  });

  test("of a geometry are set in rows that exist, under a key that is a UUID", async () => {
    const [one, other] = [
      "0190a3c4-5d6e-7f80-9123-456789abcdef",
      "0190a3c4-5d6e-7f80-9123-456789abcdf0",
    ] as const;
    const read = (): PromiseLike<unknown> => db.from(places).orderBy(places.id);
    await db.insert(places).values({ id: one, at: { x: 1, y: 2 } });
    const rows = [
      { id: one, at: { x: 3, y: 4 }, visits: 5 },
      { id: other, at: { x: 5, y: -6.5 }, visits: 6 },
    ];
    const inserting = () => db.insert(places).values(rows).onConflict(places.id);
    expect(await inserting().ignore()).toEqual({ affectedRows: 1 });
    expect(await read()).toEqual([{ id: one, at: { x: 1, y: 2 }, visits: 1 }, rows[1]]);
    await inserting().update(["at"]);
    expect(await read()).toEqual([{ ...rows[0], visits: 1 }, rows[1]]);
    await db.update(places).set({ at: null }).all();
    await inserting().update({ at: inserted(places.at), visits: add(places.visits, 10) });
    expect(await read()).toEqual([
      { ...rows[0], visits: 11 },
      { ...rows[1], visits: 16 },
    ]);
    const moved = await inserting().update(
      { at: { x: 0, y: 0 }, visits: inserted(places.visits) },
      { where: gt(places.visits, 15) },
    );
    expect(moved).toEqual({ affectedRows: 1 });
    expect(await read()).toEqual([
      { ...rows[0], visits: 11 },
      { id: other, at: { x: 0, y: 0 }, visits: 6 },
    ]);
  });

  test("go through queries inside of queries", async () => {
    await db.insert(paints).values([{ id: 1, colour: RED }, { id: 2 }]);
    const inner = db.select({ id: paints.id, shade: paints.colour }).from(paints).as("inner_rows");
    const rows = db.from(inner).orderBy(inner.id);
    expect(await rows).toEqual([
      { id: 1, shade: RED },
      { id: 2, shade: null },
    ]);
    expect(await db.from(inner).where(eq(inner.shade, RED)).count()).toBe(1);
    const reds = db.select({ colour: paints.colour }).from(paints).where(eq(paints.id, 1));
    expect(await db.from(paints).where(inArray(paints.colour, reds)).count()).toBe(1);
    const shades = db
      .select({ shade: coalesce(paints.colour, BLUE) })
      .from(paints)
      .orderBy(paints.id);
    expect(await shades).toEqual([{ shade: RED }, { shade: BLUE }]);
    const grouped = db
      .select({ shade: paints.colour, n: count() })
      .from(paints)
      .groupBy(paints.colour);
    expect((await grouped.orderBy(paints.colour)).map(({ shade, n }) => [shade, n])).toEqual([
      [null, 1],
      [RED, 1],
    ]);
    const copied = db
      .select({ id: sql`${paints.id} + ${10}`.as(integer().notNull()), colour: paints.colour })
      .from(paints);
    await db.insert(paints).select(copied);
    expect((await db.from(paints).find(11))?.colour).toEqual(RED);
  });

  test("tell nothing of a value that their codec refuses", async () => {
    const failure = await failureOf(
      db.insert(paints).values({ id: 1, colour: { ...RED, red: 999 } }),
    );
    expect(failure).toMatchObject({ code: "E_INVALID_VALUE" });
    expect(String(failure).includes("999")).toBe(false);
    await db.execute(sql`insert into ${paints} (id, the_colour) values (1, ${"odd"})`);
    const unread = await failureOf(db.from(paints));
    expect(unread).toMatchObject({ code: "E_INVALID_VALUE" });
    expect(String(unread).includes("odd")).toBe(false);
  });

  test("are refused where a statement can't write their SQL, or a database is not named", async () => {
    for (const work of [
      () => db.from(paints).where(inArray(paints.colour, [RED])),
      () => db.updateMany(paints, [{ id: 1, colour: RED }]),
    ])
      expect(await failureOf(work)).toMatchObject({ code: "E_UNSUPPORTED" });
    const outcomes: (string | null)[] = [];
    for (const family of ["sqlite", "postgres", "mysql"] as const) {
      const elsewhere = customType<string>({
        name: "elsewhere",
        [family]: { type: "text" },
        encode: String,
        decode: String,
      });
      const lonely = table(`lonely_${family}`, { id: integer().primaryKey(), value: elsewhere() });
      const work = async (): Promise<string | null> => {
        await createTables(db, defineSchema({ lonely }));
        await db.insert(lonely).values({ id: 1, value: "here" });
        return (await db.from(lonely).one()).value;
      };
      const outcome = await work().catch((error: unknown) => (error as { code: string }).code);
      expect(["here", "E_UNSUPPORTED"]).toContain(outcome);
      outcomes.push(outcome);
    }
    expect(outcomes.filter((outcome) => outcome === "here").length).toBe(1);
  });
});
