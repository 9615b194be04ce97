// The bench's nine pieces of work, trees of many orders and a checked query, on little data: what is counted is how they are done.
import {
  and,
  asc,
  checkedQueries,
  connect,
  count,
  createTables,
  defineSchema,
  desc,
  double,
  eq,
  index,
  gt,
  ilike,
  integer,
  lte,
  sql,
  sum,
  table,
  timestamp,
  varchar,
  type FactsByDatabase,
} from "plinth";

const customers = table("customers", {
  id: integer().primaryKey(),
  name: varchar({ length: 80 }).notNull(),
  city: varchar({ length: 40 }).notNull(),
  region: varchar({ length: 20 }),
});
const products = table("products", {
  id: integer().primaryKey(),
  name: varchar({ length: 80 }).notNull(),
  price: double().notNull(),
});
const orders = table("orders", {
  id: integer().primaryKey(),
  date: timestamp().notNull(),
  place: varchar({ length: 40 }).notNull(),
  customerId: integer()
    .notNull()
    .references(() => customers.id),
});
const details = table(
  "details",
  {
    id: integer().primaryKey(),
    orderId: integer()
      .notNull()
      .references(() => orders.id),
    productId: integer()
      .notNull()
      .references(() => products.id),
    price: double().notNull(),
    quantity: integer().notNull(),
  },
  (t) => [index().on(t.orderId)],
);
const accounts = table("accounts", {
  id: integer().primaryKey(),
  balance: integer().notNull(),
  version: integer().notNull(),
});
const audit = table("audit", {
  id: integer().primaryKey().autoIncrement(),
  accountId: integer().notNull(),
  kind: varchar({ length: 20 }).notNull(),
  amount: double().notNull(),
});
const schema = defineSchema(
  { customers, products, orders, details, accounts, audit },
  ({ many, one }) => ({
    orders: { details: many(details), customer: one(customers) },
    details: { product: one(products) },
  }),
);

const facts: FactsByDatabase[string] = {
  parameters: [["id", "integer"]],
  columns: [
    ["id", "integer"],
    ["name", "text"],
  ],
};
interface Checked {
  findCustomer: { params: { id: number }; row: { id: number; name: string } };
}
const queries = checkedQueries<Checked>({
  format: 1,
  databases: ["sqlite", "postgres", "mariadb"],
  types: { integer: { kind: "integer", bits: 32 }, text: { kind: "text" } },
  texts: {},
  named: {},
  files: {
    findCustomer: {
      text: "select id, name from customers where id = :id",
      databases: { sqlite: facts, postgres: facts, mariadb: facts },
    },
  },
});

const ORDERS = 60;
const entry = { accountId: 1, kind: "debit", amount: 1.5 };
const bulk = Array.from({ length: 1_000 }, () => entry);

/** Tables with a little in them, and the work; each piece takes the number of its turn, which makes its values. */
export async function openWork(url: string) {
  const db = await connect(url, { schema, queries, warnOfRepeats: false });
  await createTables(db, schema);
  const ids = Array.from({ length: ORDERS }, (_, at) => at + 1);
  await db.insert(customers).values(ids.map((id) => ({ id, name: `name ${id}`, city: "Lund" })));
  await db.insert(products).values(ids.map((id) => ({ id, name: `thing ${id}`, price: id })));
  await db
    .insert(orders)
    .values(ids.map((id) => ({ id, date: new Date(id * 1e9), place: "Lund", customerId: id })));
  await db.insert(details).values(
    ids.flatMap((id) => [
      { id: 2 * id, orderId: id, productId: id, price: 2.5, quantity: 3 },
      { id: 2 * id + 1, orderId: id, productId: 1, price: 1.5, quantity: 1 },
    ]),
  );
  await db.insert(accounts).values(ids.map((id) => ({ id, balance: 100, version: 1 })));

  const idOf = (turn: number) => 1 + (turn % ORDERS);
  const move = (by: number) => ({ balance: sql<number>`${accounts.balance} + ${by}` });
  const work = {
    byKey: (turn: number) => db.from(customers).find(idOf(turn)),
    checked: (turn: number) => db.query(queries.findCustomer, { id: idOf(turn) }),
    page: (turn: number) =>
      db
        .from(orders)
        .orderBy(desc(orders.id))
        .limit(50)
        .offset(turn % 5),
    search: (turn: number) => db.from(customers).where(ilike(customers.name, `%E ${turn}%`)),
    tree: (turn: number) =>
      db
        .from(orders)
        .with({ details: { with: { product: true } } })
        .find(idOf(turn)),
    trees: (turn: number) =>
      db
        .from(orders)
        .with({ details: { with: { product: true } }, customer: true })
        .where(gt(orders.id, turn % 5))
        .orderBy(asc(orders.id))
        .limit(50),
    aggregate: (turn: number) =>
      db
        .select({ id: orders.id, lines: count(details.id), quantity: sum(details.quantity) })
        .from(orders)
        .leftJoin(details, eq(details.orderId, orders.id))
        .where(and(gt(orders.id, turn % 5), lte(orders.id, 50)))
        .groupBy(orders.id)
        .orderBy(asc(orders.id)),
    update: (turn: number) =>
      db
        .update(accounts)
        .set({ balance: turn, version: turn })
        .where(eq(accounts.id, idOf(turn))),
    transaction: (turn: number) =>
      db.transaction(async (tx) => {
        const id = idOf(turn);
        await tx.select({ balance: accounts.balance }).from(accounts).where(eq(accounts.id, id));
        await tx.update(accounts).set(move(-turn)).where(eq(accounts.id, id));
        await tx.update(accounts).set(move(turn)).where(eq(accounts.id, 1));
        await tx.insert(audit).values(entry);
      }),
    insert: () => db.insert(audit).values(entry).returning({ id: audit.id }),
    bulk: () => db.insert(audit).values(bulk),
    atOnce: (turn: number) =>
      Promise.all(Array.from({ length: 8 }, (_, at) => db.from(customers).find(idOf(turn + at)))),
  } satisfies Record<string, (turn: number) => PromiseLike<unknown>>;
  return { db, work, [Symbol.asyncDispose]: () => db.close() };
}

export type WorkName = keyof Awaited<ReturnType<typeof openWork>>["work"];
