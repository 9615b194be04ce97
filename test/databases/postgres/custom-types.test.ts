import {
  bindAs,
  createTables,
  customType,
  defineSchema,
  desc,
  eq,
  integer,
  sql,
  table,
} from "plinth";
import { expect, test } from "vitest";
import { connected, postgresServers } from "./connected.ts";

interface Point {
  readonly x: number;
  readonly y: number;
}

/** As pgvector's values: a text in, a text out. */
const position = customType<Point>({
  name: "position",
  postgres: { type: "point" },
  encode: ({ x, y }) => `(${x},${y})`,
  decode(text) {
    const [x = 0, y = 0] = String(text).slice(1, -1).split(",").map(Number);
    return { x, y };
  },
});

/** As a geometry of PostGIS: a function in, a function out. */
const area = customType<readonly Point[]>({
  name: "area",
  postgres: { type: "polygon", write: "polygon($value::path)", read: "path($value)" },
  encode: (points) => `(${points.map(({ x, y }) => `(${x},${y})`).join(",")})`,
  decode: (text) =>
    Array.from(String(text).matchAll(/\(?\(([\d.-]+),([\d.-]+)\)/g), ([, x, y]) => ({
      x: Number(x),
      y: Number(y),
    })),
});

const address = customType<string>({
  name: "address",
  postgres: { type: "inet", read: "host($value)" },
  encode: (text) => text,
  decode: String,
});

const span = customType<readonly [number, number]>({
  name: "span",
  postgres: { type: "int4range", write: "cast($value as text)::int4range" },
  encode: ([low, high]) => `[${low},${high})`,
  decode(text) {
    const [low = 0, high = 0] = String(text).slice(1, -1).split(",").map(Number);
    return [low, high];
  },
});

const wait = customType<number>({
  name: "wait",
  postgres: {
    type: "interval",
    write: "make_interval(secs => $value)",
    read: "extract(epoch from $value)",
  },
  encode: (seconds) => seconds,
  decode: Number,
});

const places = table("places", {
  id: integer().primaryKey(),
  position: position().notNull(),
  area: area(),
  address: address(),
  span: span(),
  wait: wait(),
});

const row = {
  id: 1,
  position: { x: 1.5, y: -2 },
  area: [
    { x: 0, y: 0 },
    { x: 1, y: 0 },
    { x: 1, y: 1 },
  ],
  address: "192.168.0.1",
  span: [3, 9],
  wait: 90.5,
} as const;

test.each(postgresServers())("types of the server's own are columns, on $name", async (server) => {
  await using own = await connected(server);
  const { db } = own;
  await createTables(db, defineSchema({ places }));
  expect(await db.insert(places).values(row).returning()).toEqual([row]);
  await db.insert(places).values({ id: 2, position: { x: 10, y: 10 }, address: "::1" });

  expect(
    await db
      .from(places)
      .where(eq(places.span, [3, 9]))
      .count(),
  ).toBe(1);
  expect(await db.from(places).where(eq(places.wait, 90.5)).count()).toBe(1);
  expect((await db.from(places).where(eq(places.address, "::1")).one()).id).toBe(2);

  // An operator of the type's own, with a value of the type.
  const here = { x: 9, y: 9 };
  const distance = sql`${places.position} <-> ${bindAs(places.position, here)}`;
  const nearest = db.select({ id: places.id }).from(places).orderBy(distance);
  expect(await nearest.list()).toEqual([2, 1]);
  const farthest = db.select({ id: places.id }).from(places).orderBy(desc(distance));
  expect(await farthest.list()).toEqual([1, 2]);

  const changed = db.update(places).set({ wait: 1, area: null }).where(eq(places.id, 1));
  expect(await changed.returning({ wait: places.wait, area: places.area })).toEqual([
    { wait: 1, area: null },
  ]);
  const kept = await own.aside(
    "select wait::text as wait, host(address) as host from places order by id",
  );
  expect(kept).toEqual([
    { wait: "00:00:01", host: "192.168.0.1" },
    { wait: null, host: "::1" },
  ]);
});
