/** The SQL that the raw drivers run, and the nesting they do by hand. */
import { columnNames, type Database } from "../data/tables.ts";
import type { AuditRow } from "./operations.ts";

type Row = Record<string, any>;

interface Spelling {
  readonly placeholder: (position: number) => string;
  readonly likeAnyCase: string;
  /** Makes a count or a sum of integers a plain number in JavaScript. */
  readonly asNumber: (expression: string) => string;
}

const spellings: Record<Database, Spelling> = {
  sqlite: { placeholder: () => "?", likeAnyCase: "like", asNumber: (expression) => expression },
  postgres: {
    placeholder: (n) => `$${n}`,
    likeAnyCase: "ilike",
    asNumber: (expression) => `${expression}::int`,
  },
  mariadb: {
    placeholder: () => "?",
    likeAnyCase: "like",
    asNumber: (expression) => `cast(${expression} as signed)`,
  },
};

const customers = columnNames("customers").join(", ");
const suppliers = columnNames("suppliers").join(", ");
const orders = columnNames("orders");
const details = columnNames("order_details");
const products = columnNames("products");
const audit = columnNames("audit").slice(1);

const detailColumns = details.map((name) => `d.${name}`).join(", ");
const productColumns = products.map((name) => `p.${name} as p_${name}`).join(", ");
const prefixedOrderColumns = orders.map((name) => `o.${name} as o_${name}`).join(", ");

export interface Statements {
  readonly byKey: string;
  readonly page: string;
  readonly search: string;
  readonly order: string;
  /** An order's details with their products (`p_` before a product's columns). */
  readonly details: string;
  /** An order (`o_`), its details and their products (`p_`) in one join. */
  readonly flatTree: string;
  /** The same of all orders in (after, upTo], by the orders' keys. */
  readonly flatTrees: string;
  readonly aggregate: string;
  readonly update: string;
  readonly readBalance: string;
  readonly debit: string;
  readonly credit: string;
  readonly insert: string;
  readonly bulkHead: string;
}

function spell({ placeholder, likeAnyCase, asNumber }: Spelling): Statements {
  const [one, two, three] = [placeholder(1), placeholder(2), placeholder(3)];
  const flat = `select ${prefixedOrderColumns}, ${detailColumns}, ${productColumns} from orders o left join order_details d on d.order_id = o.id left join products p on p.id = d.product_id`;
  return {
    byKey: `select ${customers} from customers where id = ${one}`,
    page: `select ${orders.join(", ")} from orders order by id desc limit 50 offset ${one}`,
    search: `select ${suppliers} from suppliers where company_name ${likeAnyCase} ${one}`,
    order: `select ${orders.join(", ")} from orders where id = ${one}`,
    details: `select ${detailColumns}, ${productColumns} from order_details d join products p on p.id = d.product_id where d.order_id = ${one}`,
    flatTree: `${flat} where o.id = ${one}`,
    flatTrees: `${flat} where o.id > ${one} and o.id <= ${two} order by o.id`,
    aggregate: `select o.id, o.ship_name, o.ship_city, o.ship_country, ${asNumber("count(d.id)")} as products_count, ${asNumber("sum(d.quantity)")} as quantity_sum, sum(d.quantity * d.unit_price) as total_price from orders o left join order_details d on d.order_id = o.id where o.id > ${one} and o.id <= ${two} group by o.id order by o.id`,
    update: `update accounts set balance = ${one}, version = ${two} where id = ${three}`,
    readBalance: `select balance from accounts where id = ${one}`,
    debit: `update accounts set balance = balance - ${one} where id = ${two}`,
    credit: `update accounts set balance = balance + ${one} where id = ${two}`,
    insert: `insert into audit (${audit.join(", ")}) values (${audit.map((_, index) => placeholder(index + 1)).join(", ")})`,
    bulkHead: `insert into audit (${audit.join(", ")}) values `,
  };
}

export const statements: Record<Database, Statements> = {
  sqlite: spell(spellings.sqlite),
  postgres: spell(spellings.postgres),
  mariadb: spell(spellings.mariadb),
};

export function cellsOf(row: AuditRow): (string | number)[] {
  return [row.account_id, row.kind, row.message, row.amount, row.created_at];
}

export function bulkValues(rows: readonly AuditRow[]): (string | number)[] {
  const values: (string | number)[] = [];
  for (const row of rows)
    values.push(row.account_id, row.kind, row.message, row.amount, row.created_at);
  return values;
}

/** A row of `details` with its product inside. */
export function nestDetail(row: Row): Row {
  return {
    id: row.id,
    order_id: row.order_id,
    product_id: row.product_id,
    unit_price: row.unit_price,
    quantity: row.quantity,
    discount: row.discount,
    product: {
      id: row.p_id,
      name: row.p_name,
      quantity_per_unit: row.p_quantity_per_unit,
      unit_price: row.p_unit_price,
      units_in_stock: row.p_units_in_stock,
      units_on_order: row.p_units_on_order,
      reorder_level: row.p_reorder_level,
      discontinued: row.p_discontinued,
      supplier_id: row.p_supplier_id,
    },
  };
}

/** The rows of `flatTree`, nested. */
export function nestFlatRows(rows: readonly Row[]): Row | undefined {
  return nestFlatTrees(rows)[0];
}

/** The rows of `flatTrees`, nested: those of an order lie together. */
export function nestFlatTrees(rows: readonly Row[]): Row[] {
  const found: Row[] = [];
  let order: Row | undefined;
  for (const row of rows) {
    if (order?.id !== row.o_id) found.push((order = flatOrder(row)));
    if (row.id !== null) order!.details.push(nestDetail(row));
  }
  return found;
}

function flatOrder(row: Row): Row {
  return {
    id: row.o_id,
    order_date: row.o_order_date,
    required_date: row.o_required_date,
    shipped_date: row.o_shipped_date,
    ship_via: row.o_ship_via,
    freight: row.o_freight,
    ship_name: row.o_ship_name,
    ship_city: row.o_ship_city,
    ship_region: row.o_ship_region,
    ship_postal_code: row.o_ship_postal_code,
    ship_country: row.o_ship_country,
    customer_id: row.o_customer_id,
    employee_id: row.o_employee_id,
    details: [],
  };
}

/** The same from rows that are arrays. */
export function nestFlatCells(rows: readonly unknown[][]): Row | undefined {
  const first = rows[0];
  if (first === undefined) return undefined;
  const detailAt = orders.length;
  const productAt = detailAt + details.length;
  const order = pickCells(orders, first, 0);
  order.details =
    first[detailAt] === null
      ? []
      : rows.map((cells) => {
          const detail = pickCells(details, cells, detailAt);
          detail.product = pickCells(products, cells, productAt);
          return detail;
        });
  return order;
}

function pickCells(names: readonly string[], cells: readonly unknown[], from: number): Row {
  const row: Row = {};
  for (let i = 0; i < names.length; i++) row[names[i]!] = cells[from + i];
  return row;
}

/** What every contender on SQLite sets, so that all wait for the disk alike. */
export const pragmas = ["journal_mode = wal", "synchronous = normal", "cache_size = -65536"];
