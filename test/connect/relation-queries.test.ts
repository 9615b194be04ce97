// How many queries a tree of rows takes, and which of them wait for others: so that its speed can't be lost unseen.
import { tracingChannel } from "node:diagnostics_channel";
import {
  and,
  asc,
  connect,
  createTables,
  defineSchema,
  eq,
  gt,
  integer,
  table,
  varchar,
  type Database,
} from "plinth";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, testServers, type TestDatabase } from "../servers/databases.ts";

const name = varchar({ length: 20 }).notNull();
const products = table("asked_products", { id: integer().primaryKey(), name });
const orders = table("asked_orders", { id: integer().primaryKey(), name });
const details = table("asked_details", {
  id: integer().primaryKey(),
  orderId: integer()
    .notNull()
    .references(() => orders.id),
  productId: integer()
    .notNull()
    .references(() => products.id),
});
const schema = defineSchema({ products, orders, details }, (r) => ({
  orders: { details: r.many(details) },
  details: {
    product: r.one(products),
    order: r.one(orders),
    late: r.one(products, {
      from: details.productId,
      to: products.id,
      where: and(gt(details.id, 2), gt(products.id, 0)),
    }),
  },
}));

const channel = tracingChannel("plinth:query");

/** `> >` are two queries that were asked for, and `. .` their answers. */
async function traceOf(work: () => PromiseLike<unknown>): Promise<string> {
  const trace: string[] = [];
  const subscribers = {
    start: () => trace.push(">"),
    asyncEnd: () => trace.push("."),
    end: () => {},
    asyncStart: () => {},
    error: () => {},
  };
  channel.subscribe(subscribers);
  try {
    await work();
  } finally {
    channel.unsubscribe(subscribers);
  }
  return trace.join(" ");
}

describe.each(testServers())("on $name", (server) => {
  let database: TestDatabase;
  let db: Database<typeof schema>;
  const isWire = server.url !== undefined;

  beforeAll(async () => {
    database = await createTestDatabase(server);
    db = await connect(database.url, { schema });
    await createTables(db, schema);
    await db.insert(products).values([1, 2].map((id) => ({ id, name: `product ${id}` })));
    await db.insert(orders).values([1, 2, 3].map((id) => ({ id, name: `order ${id}` })));
    await db
      .insert(details)
      .values([1, 2, 3, 4].map((id) => ({ id, orderId: 1 + (id % 2), productId: 1 + (id % 2) })));
  });
  afterAll(async () => {
    await db.close();
    await database.drop();
  });

  test("a row whose key is said is asked for together with what belongs to it", async () => {
    const tree = db.from(orders).with({ details: { with: { product: true } } });
    const together = isWire ? "> > . ." : "> . > .";
    const ofKey = eq(orders.id, 1);
    expect(await traceOf(() => tree.find(1))).toBe(together);
    expect(await traceOf(() => tree.where(ofKey).first())).toBe(together);
    expect(await traceOf(() => tree.where(ofKey))).toBe(together);
    expect(await traceOf(() => tree.where(and(eq(orders.name, "order 1"), ofKey)))).toBe(together);
    expect(await tree.where(and(eq(orders.name, "another"), ofKey))).toEqual([]);
    expect(await traceOf(() => tree.where(eq(orders.name, "order 1")))).toBe("> . > .");
  });

  test("single rows come with the rows that they belong to, and lists by one query for all", async () => {
    const tree = db.from(details).with({ product: true, order: { with: { details: true } } });
    expect(await traceOf(() => tree.orderBy(asc(details.id)))).toBe("> . > .");
    const [first] = await tree.orderBy(asc(details.id));
    expect(first).toEqual({
      id: 1,
      orderId: 2,
      productId: 2,
      product: { id: 2, name: "product 2" },
      order: {
        id: 2,
        name: "order 2",
        details: [
          { id: 1, orderId: 2, productId: 2 },
          { id: 3, orderId: 2, productId: 2 },
        ],
      },
    });
  });

  test("a key finds its place among the values of conditions", async () => {
    const tree = db.from(orders).with({ details: { with: { late: true } } });
    for (const [id, late] of [
      [1, [null, 1]],
      [2, [null, 2]],
      [3, []],
    ] as const) {
      const found = await tree.find(id);
      const lines = found!.details.toSorted((one, other) => one.id - other.id);
      expect(lines.map((line) => line.late?.id ?? null)).toEqual(late);
    }
  });
});
