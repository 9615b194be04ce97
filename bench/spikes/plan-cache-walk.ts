/**
 * How does a dynamic query find its plan: by its text, by a string key, or by walking its tree?
 *
 *     node --expose-gc spikes/plan-cache-walk.ts [--quick]
 *
 * Every way takes the same trees and checks each value; a plan keeps the prepared statement and the decoder.
 */
/* oxlint-disable typescript/no-explicit-any, typescript/no-implied-eval
   -- the drivers' insides have no types, and generated decoders are what is measured */
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { compare } from "./compare.ts";

// ---------------------------------------------------------------- trees

class Column {
  readonly table: string;
  readonly name: string;
  constructor(table: string, name: string) {
    this.table = table;
    this.name = name;
  }
}

type Value = string | number;
type Tree =
  | { kind: "="; column: Column; value: Value }
  | { kind: ">="; column: Column; value: Value }
  | { kind: "like"; column: Column; value: Value }
  | { kind: "same"; column: Column; other: Column }
  | { kind: "is null"; column: Column }
  | { kind: "and"; parts: Tree[] }
  | { kind: "or"; parts: Tree[] };

const eq = (column: Column, value: Value): Tree => ({ kind: "=", column, value: checked(value) });
const gte = (column: Column, value: Value): Tree => ({ kind: ">=", column, value: checked(value) });
const like = (column: Column, value: Value): Tree => ({
  kind: "like",
  column,
  value: checked(value),
});
const same = (column: Column, other: Column): Tree => ({ kind: "same", column, other });
const isNull = (column: Column): Tree => ({ kind: "is null", column });
const and = (...parts: Tree[]): Tree => ({ kind: "and", parts });
const or = (...parts: Tree[]): Tree => ({ kind: "or", parts });

function checked(value: Value): Value {
  if (value === undefined) throw new TypeError("undefined is no value");
  return value;
}

// ---------------------------------------------------------------- text

const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;
const columnText = (column: Column) => `${quote(column.table)}.${quote(column.name)}`;

function treeText(tree: Tree): string {
  switch (tree.kind) {
    case "and":
    case "or":
      return `(${tree.parts.map(treeText).join(` ${tree.kind} `)})`;
    case "same":
      return `${columnText(tree.column)} = ${columnText(tree.other)}`;
    case "is null":
      return `${columnText(tree.column)} is null`;
    default:
      return `${columnText(tree.column)} ${tree.kind} ?`;
  }
}

function collect(tree: Tree, values: Value[]): void {
  if (tree.kind === "and" || tree.kind === "or")
    for (const part of tree.parts) collect(part, values);
  else if ("value" in tree) values.push(tree.value);
}

interface Join {
  readonly table: string;
  readonly on: Tree;
}

function queryText(
  table: string,
  columns: Column[],
  joins: Join[],
  where: Tree | undefined,
): string {
  const joined = joins
    .map(({ table: other, on }) => ` join ${quote(other)} on ${treeText(on)}`)
    .join("");
  const condition = where === undefined ? "" : ` where ${treeText(where)}`;
  return `select ${columns.map(columnText).join(", ")} from ${quote(table)}${joined}${condition} limit ?`;
}

// ---------------------------------------------------------------- plans

interface Plan {
  readonly statement: StatementSync;
  readonly decode: (cells: unknown[]) => Record<string, unknown>;
}

let serial = 0;
let planCount = 0;

function makePlan(text: string, columns: Column[]): Plan {
  planCount++;
  const statement = db.prepare(text);
  statement.setReturnArrays(true);
  const body = `/* ${++serial} */ return (r) => { const o = {}; ${columns.map((_, i) => `o[k${i}] = r[${i}];`).join(" ")} return o; }`;
  const decode = new Function(...columns.map((_, i) => `k${i}`), body)(
    ...columns.map((column) => column.name),
  );
  return { statement, decode };
}

function run(plan: Plan, values: Value[]): unknown {
  const { statement } = plan;
  const cells =
    values.length === 2
      ? statement.get(values[0]!, values[1]!)
      : values.length === 3
        ? statement.get(values[0]!, values[1]!, values[2]!)
        : statement.get(...values);
  return cells === undefined ? undefined : plan.decode(cells as unknown as unknown[]);
}

// ---------------------------------------------------------------- the three ways

abstract class Query {
  protected readonly table: string;
  protected readonly columns: Column[];
  protected joins: Join[] = [];
  protected condition: Tree | undefined;
  protected count = 0;

  constructor(table: string, columns: Column[]) {
    this.table = table;
    this.columns = columns;
  }

  join(table: string, on: Tree): this {
    this.joins.push({ table, on });
    return this;
  }

  where(condition: Tree): this {
    this.condition = condition;
    return this;
  }

  limit(count: number): this {
    this.count = count;
    return this;
  }

  protected text(): string {
    return queryText(this.table, this.columns, this.joins, this.condition);
  }

  protected values(): Value[] {
    const values: Value[] = [];
    for (const { on } of this.joins) collect(on, values);
    if (this.condition !== undefined) collect(this.condition, values);
    values.push(this.count);
    return values;
  }

  abstract plan(): [Plan, Value[]];
  get(): unknown {
    const [plan, values] = this.plan();
    return run(plan, values);
  }
}

/** What the peers do at best: write the text each time, keep the statement by it. */
class ByText extends Query {
  static readonly plans = new Map<string, Plan>();
  plan(): [Plan, Value[]] {
    const text = this.text();
    let plan = ByText.plans.get(text);
    if (plan === undefined) ByText.plans.set(text, (plan = makePlan(text, this.columns)));
    return [plan, this.values()];
  }
}

/** A shorter text, made only to be looked up. */
class ByKey extends Query {
  static readonly plans = new Map<string, Plan>();
  plan(): [Plan, Value[]] {
    const values: Value[] = [];
    let key = this.table;
    for (const { table, on } of this.joins) key += `\u0001${table}\u0002${keyOf(on, values)}`;
    if (this.condition !== undefined) key += `\u0003${keyOf(this.condition, values)}`;
    values.push(this.count);
    let plan = ByKey.plans.get(key);
    if (plan === undefined) ByKey.plans.set(key, (plan = makePlan(this.text(), this.columns)));
    return [plan, values];
  }
}

function keyOf(tree: Tree, values: Value[]): string {
  switch (tree.kind) {
    case "and":
    case "or": {
      let key = `${tree.kind}(`;
      for (const part of tree.parts) key += `${keyOf(part, values)},`;
      return `${key})`;
    }
    case "same":
      return `=${tree.column.table}.${tree.column.name}.${tree.other.table}.${tree.other.name}`;
    case "is null":
      return `0${tree.column.table}.${tree.column.name}`;
    default:
      values.push(tree.value);
      return `${tree.kind}${tree.column.table}.${tree.column.name}`;
  }
}

/** A kept node. Most have one successor, which a field holds; a Map comes with the second. */
class Node {
  #firstKey: unknown;
  #first: Node | undefined;
  #others: Map<unknown, Node> | undefined;
  plan: Plan | undefined;

  to(key: unknown): Node {
    return this.#firstKey === key && this.#first !== undefined ? this.#first : this.#toOther(key);
  }

  #toOther(key: unknown): Node {
    if (this.#first === undefined) {
      this.#firstKey = key;
      return (this.#first = new Node());
    }
    this.#others ??= new Map();
    let node = this.#others.get(key);
    if (node === undefined) this.#others.set(key, (node = new Node()));
    return node;
  }
}

const end = Symbol("end");
const joinMark = Symbol("join");
const limitMark = Symbol("limit");

/** One walk finds the shape's node and collects the values. */
function walk(node: Node, tree: Tree, values: Value[]): Node {
  node = node.to(tree.kind);
  switch (tree.kind) {
    case "and":
    case "or": {
      const { parts } = tree;
      for (let i = 0; i < parts.length; i++) node = walk(node, parts[i]!, values);
      return node.to(end);
    }
    case "same":
      return node.to(tree.column).to(tree.other);
    case "is null":
      return node.to(tree.column);
    default:
      values.push(tree.value);
      return node.to(tree.column);
  }
}

class ByWalk extends Query {
  static readonly root = new Node();
  plan(): [Plan, Value[]] {
    const values: Value[] = [];
    let node = ByWalk.root.to(this.table);
    for (const { table, on } of this.joins) node = walk(node.to(joinMark).to(table), on, values);
    if (this.condition !== undefined) node = walk(node, this.condition, values);
    node = node.to(limitMark);
    values.push(this.count);
    return [(node.plan ??= makePlan(this.text(), this.columns)), values];
  }
}

/** The same, its trees frozen by their makers. */
const frozen = (tree: Tree): Tree => Object.freeze(tree);

// ---------------------------------------------------------------- the data and the comparisons

const folder = mkdtempSync(join(tmpdir(), "plan-cache-walk-"));
const db = new DatabaseSync(join(folder, "data.sqlite"));
for (const pragma of ["journal_mode = wal", "synchronous = normal"]) db.exec(`pragma ${pragma}`);

const columnsOf = (table: string, names: string[]) => names.map((name) => new Column(table, name));
const customerNames = [
  "id",
  "company_name",
  "contact_name",
  "contact_title",
  "address",
  "city",
  "postal_code",
  "region",
  "country",
  "phone",
  "fax",
];
const customers = columnsOf("customers", customerNames);
const orders = columnsOf("orders", ["id", "customer_id", "ship_city", "ship_region", "ship_via"]);
const details = columnsOf("details", ["id", "order_id", "quantity"]);
const [customerId, company] = customers as [Column, Column];
const [orderId, orderCustomer, shipCity, shipRegion, shipVia] = orders as [
  Column,
  Column,
  Column,
  Column,
  Column,
];
const [, detailOrder, quantity] = details as [Column, Column, Column];

db.exec(
  `create table customers (${customerNames.map((name) => (name === "id" ? "id integer primary key" : `${name} text`)).join(", ")})`,
);
db.exec(
  "create table orders (id integer primary key, customer_id integer, ship_city text, ship_region text, ship_via integer)",
);
db.exec("create table details (id integer primary key, order_id integer, quantity integer)");
db.exec("create index details_order on details (order_id)");
db.exec("begin");
const insert = db.prepare(
  `insert into customers values (${customerNames.map(() => "?").join(", ")})`,
);
for (let id = 1; id <= 10_000; id++)
  insert.run(id, ...customerNames.slice(1).map((name) => `${name} ${id}`));
for (let id = 1; id <= 10_000; id++) {
  db.exec(`insert into orders values (${id}, ${id}, 'Berlin', null, 1)`);
  db.exec(`insert into details values (${id}, ${id}, 7)`);
}
db.exec("commit");

const idText = `select ${customers.map(columnText).join(", ")} from customers where id = ? limit ?`;
const raw = db.prepare(idText);
const rawArrays = makePlan(idText, customers);
const id = (turn: number) => 1 + ((turn * 7919) % 9990);
const byId = (Way: new (table: string, columns: Column[]) => Query, turn: number) =>
  new Way("customers", customers).where(eq(customerId, id(turn))).limit(1);

console.log(`node ${process.version}, SQLite ${process.versions.sqlite}`);
await compare(
  "row by id, eq()",
  {
    "prepared by hand, object row": (turn) => raw.get(id(turn), 1),
    "prepared by hand, array and decoder": (turn) => run(rawArrays, [id(turn), 1]),
    "text each time": (turn) => byId(ByText, turn).get(),
    "string key": (turn) => byId(ByKey, turn).get(),
    "walk through kept nodes": (turn) => byId(ByWalk, turn).get(),
    "walk, tree frozen": (turn) =>
      new ByWalk("customers", customers)
        .where(frozen(eq(customerId, id(turn))))
        .limit(1)
        .get(),
  },
  { batch: 8 },
);

const three = (Way: new (table: string, columns: Column[]) => Query, turn: number) =>
  new Way("orders", orders)
    .join("customers", same(customerId, orderCustomer))
    .join("details", same(detailOrder, orderId))
    .where(
      and(
        eq(orderId, id(turn)),
        or(like(shipCity, "Ber%"), isNull(shipRegion)),
        gte(shipVia, 1),
        gte(quantity, 1),
        like(company, "company%"),
      ),
    )
    .limit(10);
const threeRaw = db.prepare(
  queryText(
    "orders",
    orders,
    [
      { table: "customers", on: same(customerId, orderCustomer) },
      { table: "details", on: same(detailOrder, orderId) },
    ],
    and(
      eq(orderId, 1),
      or(like(shipCity, "Ber%"), isNull(shipRegion)),
      gte(shipVia, 1),
      gte(quantity, 1),
      like(company, "c%"),
    ),
  ),
);
await compare("two joins, six conditions", {
  "prepared by hand, object row": (turn) => threeRaw.get(id(turn), "Ber%", 1, 1, "company%", 10),
  "text each time": (turn) => three(ByText, turn).get(),
  "string key": (turn) => three(ByKey, turn).get(),
  "walk through kept nodes": (turn) => three(ByWalk, turn).get(),
});
await compare(
  "the same, building and finding the plan alone",
  {
    "text each time": (turn) => three(ByText, turn).plan(),
    "string key": (turn) => three(ByKey, turn).plan(),
    "walk through kept nodes": (turn) => three(ByWalk, turn).plan(),
  },
  { batch: 64 },
);

// A column made anew in a function is a new identity: what does each such query leave behind?
globalThis.gc?.();
const before = process.memoryUsage().heapUsed;
const plansBefore = planCount;
const turns = 20_000;
for (let turn = 0; turn < turns; turn++)
  new ByWalk("customers", customers)
    .where(eq(new Column("customers", "id"), id(turn)))
    .limit(1)
    .get();
globalThis.gc?.();
console.log(
  `\n${turns} queries of one shape through columns made anew: ${planCount - plansBefore} plans, ` +
    `${((process.memoryUsage().heapUsed - before) / turns).toFixed(0)} bytes of JavaScript heap kept for each`,
);

db.close();
rmSync(folder, { recursive: true });
