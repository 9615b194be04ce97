import { createTables, customType, defineSchema, eq, integer, sql, table } from "plinth";
import { expect, test } from "vitest";
import { connected, mariadbServers } from "./connected.ts";

interface Point {
  readonly x: number;
  readonly y: number;
}

const geometry = customType<Point>({
  name: "geometry",
  mysql: { type: "point", write: "ST_GeomFromText($value)", read: "ST_AsText($value)" },
  encode: ({ x, y }) => `POINT(${x} ${y})`,
  decode(text) {
    const [x = 0, y = 0] = String(text).slice(6, -1).split(" ").map(Number);
    return { x, y };
  },
});

const bits = customType<Uint8Array>({
  name: "bits",
  mysql: { type: "bit(9)" },
  encode: (bytes) => bytes,
  decode: (bytes) => bytes as Uint8Array,
});

const places = table("places", {
  id: integer().primaryKey(),
  at: geometry().notNull(),
  bits: bits(),
});

test.each(mariadbServers)("a geometry is a column, on $name", async (server) => {
  await using own = await connected(server);
  const { db } = own;
  await createTables(db, defineSchema({ places }));
  const row = { id: 1, at: { x: 1.5, y: -2 }, bits: Uint8Array.of(1, 255) };
  expect(await db.insert(places).values(row).returning()).toEqual([row]);
  expect(
    await db
      .from(places)
      .where(eq(places.at, { x: 1.5, y: -2 }))
      .count(),
  ).toBe(1);
  const changed = db
    .update(places)
    .set({ at: { x: 3, y: 4 } })
    .where(eq(places.id, 1));
  expect(await changed.returning({ at: places.at })).toEqual([{ at: { x: 3, y: 4 } }]);
  const [sum] = await own.aside("select ST_X(at) + ST_Y(at) as sum from places");
  expect(sum).toEqual({ sum: 7 });
  const length = sql<number>`ST_Length(ST_GeomFromText('LINESTRING(0 0, 3 4)'))`;
  expect(await db.select({ length }).from(places).list()).toEqual([5]);
});
