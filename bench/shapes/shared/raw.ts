// The shapes by a bare driver: SQL is put together where a text isn't always the same.
import type { Database } from "../../data/tables.ts";
import { columnNames, tables } from "../../data/tables.ts";
import { nestFlatTrees, statements } from "../../work/statements.ts";
import { streamedRows, type OrderFilter, type Shapes } from "../shapes.ts";

export type Value = number | string | Date;
type Row = Record<string, any>;

/** What of a driver the shapes need. */
export interface RawDriver {
  readonly database: Database;
  all(text: string, values: readonly Value[]): Row[] | Promise<Row[]>;
  /** By a cursor, or by what else the driver has against holding all rows. */
  each(text: string, values: readonly Value[], take: (row: Row) => void): void | Promise<void>;
  /** The same statement for each list of values, in one transaction. */
  runEach(text: string, lists: readonly (readonly Value[])[]): unknown;
}

const orders = columnNames("orders").join(", ");
const dates = columnNames("orders").filter((name) => tables.orders[name]!.kind === "date");

/** SQLite keeps dates as whole seconds. */
export function withDates(rows: Row[]): Row[] {
  for (const row of rows) {
    for (const name of dates) if (row[name] !== null) row[name] = new Date(row[name] * 1000);
  }
  return rows;
}

export function rawShapes(driver: RawDriver): Shapes {
  const { database } = driver;
  const mark = database === "postgres" ? (n: number) => `$${n}` : () => "?";
  const upsert = `insert into counters (id, name, hits) values (${mark(1)}, ${mark(2)}, 1) ${
    database === "mariadb"
      ? "on duplicate key update hits = hits + 1"
      : "on conflict (id) do update set hits = counters.hits + 1"
  }`;

  function filters(filter: OrderFilter) {
    const values: Value[] = [filter.customerId];
    const conditions = [`customer_id = ${mark(1)}`];
    const add = (condition: string, value: number | undefined) => {
      if (value === undefined) return;
      values.push(value);
      conditions.push(condition + mark(values.length));
    };
    add("employee_id = ", filter.employeeId);
    add("ship_via = ", filter.shipVia);
    add("freight >= ", filter.minFreight);
    add("freight <= ", filter.maxFreight);
    return driver.all(
      `select ${orders} from orders where ${conditions.join(" and ")} order by id desc limit 20`,
      values,
    );
  }

  const inList = (ids: number[]) =>
    driver.all(
      `select ${orders} from orders where id in (${ids.map((_, at) => mark(at + 1)).join()}) order by id`,
      ids,
    );

  async function keyset(minFreight: number) {
    const found: Row[] = [];
    const head = `select ${orders} from orders where freight >= ${mark(1)}`;
    const rest = "order by order_date desc, id desc limit 20";
    for (let page = 0; page < 3; page++) {
      const last = found.at(-1);
      found.push(
        ...(last === undefined
          ? await driver.all(`${head} ${rest}`, [minFreight])
          : await driver.all(
              `${head} and (order_date < ${mark(2)} or (order_date = ${mark(3)} and id < ${mark(4)})) ${rest}`,
              [minFreight, last.order_date, last.order_date, last.id],
            )),
      );
    }
    return found;
  }

  return {
    wide: (after) =>
      driver.all(`select * from wide where id > ${mark(1)} order by id limit 50`, [after]),
    filters,
    inList,
    joins: (orderId) =>
      driver.all(
        `select d.id, d.quantity, p.name as product, s.company_name as supplier, c.company_name as customer, e.last_name as employee
         from order_details d join orders o on o.id = d.order_id join products p on p.id = d.product_id
         join suppliers s on s.id = p.supplier_id join customers c on c.id = o.customer_id
         join employees e on e.id = o.employee_id where d.order_id = ${mark(1)} order by d.id`,
        [orderId],
      ),
    stream: async () => {
      let sum = 0;
      const text = `select id, quantity, unit_price from order_details order by id limit ${mark(1)}`;
      await driver.each(text, [streamedRows], (row) => (sum += row.quantity));
      return sum;
    },
    upsert: (id, name) => driver.runEach(upsert, [[id, name]]),
    updateMany: (rows) =>
      driver.runEach(
        `update accounts set balance = ${mark(1)} where id = ${mark(2)}`,
        rows.map(({ balance, id }) => [balance, id]),
      ),
    keyset,
    related: (after, minFreight) =>
      driver.all(
        `select * from customers c where id > ${mark(1)} and exists
         (select 1 from orders o where o.customer_id = c.id and o.freight > ${mark(2)}) order by id limit 20`,
        [after, minFreight],
      ),
    checkedList: inList,
    trees: async (after) =>
      nestFlatTrees(await driver.all(statements[database].flatTrees, [after, after + 50])),
    rows: async (after) => {
      const text = `select ${orders} from orders where id > ${mark(1)} order by id limit 1000`;
      const rows = await driver.all(text, [after]);
      return database === "sqlite" ? withDates(rows) : rows;
    },
  };
}
