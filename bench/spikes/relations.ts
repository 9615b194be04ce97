// What an order with its details and their products costs, and fifty of them, beside two raw queries for each order; and
// fifty beside one raw join of everything, whose rows are objects.
// node bench/spikes/relations.ts [--quick] URL…   (sqlite:new.db, postgres://…, mariadb://…)
import { DatabaseSync } from "node:sqlite";
import {
  connect,
  createTables,
  createScratch,
  defineSchema,
  asc,
  between,
} from "../../src/entry/main.ts";
import { double, index, integer, table, varchar } from "../../src/entry/main.ts";

const ORDERS = 2_000;
const DETAILS = 5;
const PRODUCTS = 1_000;
const isQuick = process.argv.includes("--quick");
const urls = process.argv.slice(2).filter((argument) => argument.includes(":"));

const text = (): ReturnType<ReturnType<typeof varchar>["notNull"]> =>
  varchar({ length: 40 }).notNull();
const products = table("products", {
  id: integer().primaryKey(),
  name: text(),
  quantity_per_unit: text(),
  unit_price: double().notNull(),
  units_in_stock: integer().notNull(),
  units_on_order: integer().notNull(),
  supplier_id: integer().notNull(),
});
const orders = table("orders", {
  id: integer().primaryKey(),
  order_date: integer().notNull(),
  required_date: integer().notNull(),
  ship_via: integer().notNull(),
  freight: double().notNull(),
  ship_name: text(),
  ship_city: text(),
  ship_region: varchar({ length: 20 }),
  ship_country: text(),
  customer_id: integer().notNull(),
});
const details = table(
  "order_details",
  {
    id: integer().primaryKey(),
    order_id: integer()
      .notNull()
      .references(() => orders.id),
    product_id: integer()
      .notNull()
      .references(() => products.id),
    unit_price: double().notNull(),
    quantity: integer().notNull(),
  },
  (t) => [index().on(t.order_id)],
);
const schema = defineSchema({ products, orders, details }, (r) => ({
  orders: { details: r.many(details) },
  details: { product: r.one(products), order: r.one(orders) },
}));

type Cells = Record<string, unknown>;
interface Raw {
  one(id: number): unknown;
  joined(first: number, last: number): unknown;
  close(): unknown;
}

const productKeys = Object.keys(products);
const orderKeys = Object.keys(orders);
const detailKeys = Object.keys(details);
const productColumns = productKeys.map((key) => `p.${key} as p_${key}`).join(", ");
const orderText = `select ${orderKeys.join(", ")} from orders where id = `;
const detailText = `select ${detailKeys.map((key) => `d.${key}`).join(", ")}, ${productColumns}
  from order_details d join products p on p.id = d.product_id where d.order_id = `;
const joinedText = (first: string, last: string): string =>
  `select ${orderKeys.map((key) => `o.${key} as o_${key}`).join(", ")},
  ${detailKeys.map((key) => `d.${key}`).join(", ")}, ${productColumns}
  from orders o join order_details d on d.order_id = o.id join products p on p.id = d.product_id
  where o.id between ${first} and ${last} order by o.id`;

function nest(row: Cells): Cells {
  const product: Cells = {};
  for (const key of productKeys) product[key] = row[`p_${key}`];
  const { id, order_id, product_id, unit_price, quantity } = row;
  return { id, order_id, product_id, unit_price, quantity, product };
}

/** Every row of the join has its order. */
function nestJoined(rows: readonly Cells[]): Cells[] {
  const found = new Map<unknown, Cells>();
  for (const row of rows) {
    let order = found.get(row["o_id"]);
    if (order === undefined) {
      order = {};
      for (const key of orderKeys) order[key] = row[`o_${key}`];
      order["details"] = [];
      found.set(row["o_id"], order);
    }
    (order["details"] as Cells[]).push(nest(row));
  }
  return [...found.values()];
}

async function openRaw(url: string): Promise<Raw> {
  if (url.startsWith("sqlite:")) {
    const db = new DatabaseSync(url.slice("sqlite:".length));
    const [order, lines] = [db.prepare(`${orderText}?`), db.prepare(`${detailText}?`)];
    const all = db.prepare(joinedText("?", "?"));
    const one = (id: number) => ({
      ...order.get(id),
      details: lines.all(id).map((row) => nest(row as Cells)),
    });
    const joined = (first: number, last: number) => nestJoined(all.all(first, last) as Cells[]);
    return { one, joined, close: () => db.close() };
  }
  if (url.startsWith("postgres")) {
    const { default: pg } = await import("pg");
    const pool = new pg.Pool({ connectionString: url, max: 8 });
    const one = async (id: number) => {
      const { rows } = await pool.query(`${orderText}$1`, [id]);
      const lines = await pool.query(`${detailText}$1`, [id]);
      return { ...rows[0], details: lines.rows.map(nest) };
    };
    const joined = async (first: number, last: number) =>
      nestJoined((await pool.query(joinedText("$1", "$2"), [first, last])).rows);
    return { one, joined, close: () => pool.end() };
  }
  const { createPool } = await import("mariadb");
  const { hostname, port, pathname, username, password } = new URL(url);
  const pool = createPool({
    host: hostname,
    port: Number(port),
    user: username,
    password,
    database: pathname.slice(1),
    connectionLimit: 8,
  });
  const one = async (id: number) => {
    const [row] = await pool.query(`${orderText}?`, [id]);
    const lines: Cells[] = await pool.query(`${detailText}?`, [id]);
    return { ...row, details: lines.map(nest) };
  };
  const joined = async (first: number, last: number) =>
    nestJoined(await pool.query(joinedText("?", "?"), [first, last]));
  return { one, joined, close: () => pool.end() };
}

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((left, right) => left - right)[Math.floor(numbers.length / 2)]!;

/** In turns, so that what else the machine does meets both. */
async function compare(
  own: (round: number) => unknown,
  raw: (round: number) => unknown,
  times: number,
): Promise<string> {
  const slices: { own: number; raw: number }[] = [];
  let round = 0;
  const timeUs = async (run: (round: number) => unknown): Promise<number> => {
    const startMs = performance.now();
    for (let at = 0; at < times; at++) await run(round++);
    return ((performance.now() - startMs) * 1_000) / times;
  };
  for (let slice = 0; slice < 25; slice++)
    slices.push({ raw: await timeUs(raw), own: await timeUs(own) });
  const warm = slices.slice(5);
  const [ownUs, rawUs] = [
    median(warm.map((slice) => slice.own)),
    median(warm.map((slice) => slice.raw)),
  ];
  const ratio = median(warm.map((slice) => slice.own / slice.raw));
  return `${ownUs.toFixed(1)} µs, raw ${rawUs.toFixed(1)} µs: ${ratio.toFixed(2)}`;
}

for (const given of urls) {
  // Raw and Plinth read one file.
  const isFile = given.startsWith("sqlite:");
  const scratch = isFile ? undefined : await createScratch(given);
  const url = scratch?.url ?? given;
  const db = await connect(url, { schema });
  await createTables(db, schema);
  await db.insert(products).values(
    Array.from({ length: PRODUCTS }, (_, at) => ({
      id: at + 1,
      name: `Product ${at}`,
      quantity_per_unit: "10 boxes",
      unit_price: at / 4,
      units_in_stock: at,
      units_on_order: 0,
      supplier_id: 7,
    })),
  );
  for (let start = 0; start < ORDERS; start += 500) {
    const some = Array.from({ length: 500 }, (_, at) => start + at + 1);
    await db.insert(orders).values(
      some.map((id) => ({
        id,
        order_date: id,
        required_date: id,
        ship_via: 1,
        freight: id / 8,
        ship_name: "Ship",
        ship_city: "City",
        ship_region: null,
        ship_country: "Land",
        customer_id: 9,
      })),
    );
    await db.insert(details).values(
      some.flatMap((id) =>
        Array.from({ length: DETAILS }, (_, at) => ({
          id: id * 10 + at,
          order_id: id,
          product_id: ((id * 7 + at * 13) % PRODUCTS) + 1,
          unit_price: at / 2,
          quantity: at,
        })),
      ),
    );
  }
  const raw = await openRaw(url);
  const tree = db.from(orders).with({ details: { with: { product: true } } });
  const id = (round: number): number => ((round * 37) % (ORDERS - 60)) + 1;
  const scale = isQuick ? 0.2 : 1;
  const times = {
    one: Math.ceil((isFile ? 2_000 : 300) * scale),
    fifty: Math.ceil((isFile ? 60 : 15) * scale),
  };
  const rawFifty = async (round: number) => {
    const found = [];
    for (let at = 0; at < 50; at++) found.push(await raw.one(id(round) + at));
    return found;
  };
  const rawOne = (round: number) => raw.one(id(round));
  const fifty = (round: number) =>
    tree.where(between(orders.id, id(round), id(round) + 49)).orderBy(asc(orders.id));
  const rawJoined = (round: number) => raw.joined(id(round), id(round) + 49);
  const own = JSON.stringify(await fifty(3));
  const same =
    own === JSON.stringify(await rawFifty(3)) && own === JSON.stringify(await rawJoined(3));
  const one = await compare((round) => tree.find(id(round)), rawOne, times.one);
  const many = await compare(fifty, rawFifty, times.fifty);
  const join = await compare(fifty, rawJoined, times.fifty * 2);
  console.log(`${db.server.product}: one ${one}; fifty ${many}; × a join ${join}; equal: ${same}`);
  await raw.close();
  await db.close();
  await scratch?.drop();
}
