/**
 * Which way of turning SQLite's rows into plain objects is fastest, and which of them is safe?
 *
 * Safe means: no column's name ever becomes code. Generated code may hold positions (numbers)
 * and kinds from our own closed list; names reach it as data.
 *
 *     node spikes/row-decoder.ts [--quick]
 */
/* oxlint-disable typescript/no-explicit-any, typescript/no-implied-eval
   -- the drivers' insides have no types, and generated decoders are what is measured */
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { compare, type Way } from "./compare.ts";

type Row = Record<string, unknown>;
type Cells = unknown[];
type Decoder = (cells: Cells) => Row;
type ManyDecoder = (rows: Cells[]) => Row[];
type Kind = "as-is" | "boolean" | "bigint" | "date";

const orderColumns = [
  "id",
  "orderDate",
  "requiredDate",
  "shippedDate",
  "shipVia",
  "freight",
  "shipName",
  "shipCity",
  "shipRegion",
  "shipPostalCode",
  "shipCountry",
  "customerId",
  "employeeId",
];
const customerColumns = [
  "id",
  "companyName",
  "contactName",
  "contactTitle",
  "address",
  "city",
  "postalCode",
  "region",
  "country",
  "phone",
  "fax",
];

// ---------------------------------------------------------------- decoders without conversions

function loop(names: string[]): Decoder {
  return (cells) => {
    const row: Row = {};
    for (let i = 0; i < names.length; i++) row[names[i]!] = cells[i];
    return row;
  };
}

/** A template of the right shape is cloned, then filled: no hidden-class steps per property. */
function clonedTemplate(names: string[]): Decoder {
  const template: Row = {};
  for (const name of names) template[name] = null;
  return (cells) => {
    const row: Row = { ...template };
    for (let i = 0; i < names.length; i++) row[names[i]!] = cells[i];
    return row;
  };
}

/** One shared function per number of columns, written out with no generation at all (here: 11 and 13). */
function unrolled(names: string[]): Decoder {
  const [a, b, c, d, e, f, g, h, i, j, k, l, m] = names as [string, ...string[]] as string[] & {
    length: 13;
  };
  if (names.length === 11) {
    return (x) => {
      const row: Row = {};
      row[a!] = x[0];
      row[b!] = x[1];
      row[c!] = x[2];
      row[d!] = x[3];
      row[e!] = x[4];
      row[f!] = x[5];
      row[g!] = x[6];
      row[h!] = x[7];
      row[i!] = x[8];
      row[j!] = x[9];
      row[k!] = x[10];
      return row;
    };
  }
  return (x) => {
    const row: Row = {};
    row[a!] = x[0];
    row[b!] = x[1];
    row[c!] = x[2];
    row[d!] = x[3];
    row[e!] = x[4];
    row[f!] = x[5];
    row[g!] = x[6];
    row[h!] = x[7];
    row[i!] = x[8];
    row[j!] = x[9];
    row[k!] = x[10];
    row[l!] = x[11];
    row[m!] = x[12];
    return row;
  };
}

let serial = 0;

/** Equal source texts share one compiled function and its type feedback; the serial keeps plans apart. */
function generate(parameters: string[], body: string, own = true): Function {
  return new Function(...parameters, own ? `/* ${++serial} */ ${body}` : body);
}

const keys = (names: string[]) => names.map((_, i) => `k${i}`);

function computedKeys(names: string[], own = true): Decoder {
  const body = `return (r) => ({${names.map((_, i) => `[k${i}]: r[${i}]`).join(", ")}})`;
  return generate(keys(names), body, own)(...names);
}

function positionalAssignments(names: string[], own = true): Decoder {
  const body = `return (r) => { const o = {}; ${names.map((_, i) => `o[k${i}] = r[${i}];`).join(" ")} return o; }`;
  return generate(keys(names), body, own)(...names);
}

function positionalAssignmentsMany(names: string[], own = true): ManyDecoder {
  const body = `return (rows) => { const n = rows.length; const out = new Array(n); for (let i = 0; i < n; i++) { const r = rows[i]; const o = {}; ${names
    .map((_, i) => `o[k${i}] = r[${i}];`)
    .join(" ")} out[i] = o; } return out; }`;
  return generate(keys(names), body, own)(...names);
}

/** The same into the driver's own array: no second array of rows. */
function positionalInPlace(names: string[]): ManyDecoder {
  const body = `return (rows) => { for (let i = 0; i < rows.length; i++) { const r = rows[i]; const o = {}; ${names
    .map((_, i) => `o[k${i}] = r[${i}];`)
    .join(" ")} rows[i] = o; } return rows; }`;
  return generate(keys(names), body)(...names);
}

function positionalTemplate(names: string[]): Decoder {
  const template: Row = {};
  for (const name of names) template[name] = null;
  const body = `return (r) => { const o = {...t}; ${names.map((_, i) => `o[k${i}] = r[${i}];`).join(" ")} return o; }`;
  return generate(["t", ...keys(names)], body)(template, ...names);
}

/** A constructor whose prototype is Object.prototype, so that rows still are plain objects. */
function positionalConstructor(names: string[]): Decoder {
  const body = `function Row(r) { ${names.map((_, i) => `this[k${i}] = r[${i}];`).join(" ")} } Row.prototype = Object.prototype; return (r) => new Row(r)`;
  return generate(keys(names), body)(...names);
}

/** NOT SAFE, here to know the price of safety: names are quoted into the code. */
function literalNames(names: string[]): Decoder {
  return new Function(
    "r",
    `return {${names.map((name, i) => `${JSON.stringify(name)}: r[${i}]`).join(", ")}}`,
  ) as Decoder;
}

const each =
  (decode: Decoder): ManyDecoder =>
  (rows) => {
    const out = new Array<Row>(rows.length);
    for (let i = 0; i < rows.length; i++) out[i] = decode(rows[i]!);
    return out;
  };

// ---------------------------------------------------------------- decoders with conversions

type Convert = (value: any) => unknown;
const convert: Record<Kind, Convert | undefined> = {
  "as-is": undefined,
  boolean: (value: number) => value === 1,
  bigint: (value: number) => BigInt(value),
  date: (value: number) => new Date(value),
};

function loopConverting(names: string[], kinds: Kind[]): Decoder {
  const converts = kinds.map((kind) => convert[kind]);
  return (cells) => {
    const row: Row = {};
    for (let i = 0; i < names.length; i++) {
      const value = cells[i];
      const converter = converts[i];
      row[names[i]!] = converter === undefined || value === null ? value : converter(value);
    }
    return row;
  };
}

/** Converters are called through the closure: any codec works, a user's own too. */
function positionalCalling(names: string[], kinds: Kind[]): Decoder {
  const cell = (kind: Kind, i: number) =>
    kind === "as-is" ? `r[${i}]` : `r[${i}] === null ? null : c${i}(r[${i}])`;
  const body = `return (r) => { const o = {}; ${kinds.map((kind, i) => `o[k${i}] = ${cell(kind, i)};`).join(" ")} return o; }`;
  return generate([...keys(names), ...names.map((_, i) => `c${i}`)], body)(
    ...names,
    ...kinds.map((kind) => convert[kind]),
  );
}

/** Our own kinds are written into the code as expressions: a closed list, none of it from outside. */
function positionalInlined(names: string[], kinds: Kind[]): Decoder {
  const expression: Record<Kind, (i: number) => string> = {
    "as-is": (i) => `r[${i}]`,
    boolean: (i) => `r[${i}] === null ? null : r[${i}] === 1`,
    bigint: (i) => `r[${i}] === null ? null : BigInt(r[${i}])`,
    date: (i) => `r[${i}] === null ? null : new Date(r[${i}])`,
  };
  const body = `return (r) => { const o = {}; ${kinds.map((kind, i) => `o[k${i}] = ${expression[kind](i)};`).join(" ")} return o; }`;
  return generate(keys(names), body)(...names);
}

// ---------------------------------------------------------------- the data

const folder = mkdtempSync(join(tmpdir(), "row-decoder-"));
const db = new DatabaseSync(join(folder, "data.sqlite"));
for (const pragma of ["journal_mode = wal", "synchronous = normal", "cache_size = -65536"])
  db.exec(`pragma ${pragma}`);
createOrders();
createCustomers();

function createOrders(): void {
  const types = [
    "integer primary key",
    "integer",
    "integer",
    "integer",
    "integer",
    "real",
    "text",
    "text",
    "text",
    "text",
    "text",
    "integer",
    "integer",
  ];
  db.exec(
    `create table orders (${orderColumns.map((name, i) => `${name} ${types[i]}`).join(", ")})`,
  );
  const insert = db.prepare(
    `insert into orders values (${orderColumns.map(() => "?").join(", ")})`,
  );
  db.exec("begin");
  for (let id = 1; id <= 3000; id++) {
    const date = 1_262_304_000_000 + id * 86_400_000;
    insert.run(
      id,
      date,
      date + 1,
      id % 20 === 0 ? null : date + 2,
      id % 2,
      (id % 40000) / 100,
      "Bransterval",
      "Aachen",
      id % 5 < 2 ? "North" : null,
      "12345",
      "Germany",
      id * 3,
      id % 200,
    );
  }
  db.exec("commit");
}

function createCustomers(): void {
  db.exec(
    `create table customers (id integer primary key, ${customerColumns
      .slice(1)
      .map((name) => `${name} text`)
      .join(", ")})`,
  );
  const insert = db.prepare(
    `insert into customers values (${customerColumns.map(() => "?").join(", ")})`,
  );
  db.exec("begin");
  for (let id = 1; id <= 10_000; id++)
    insert.run(
      id,
      ...customerColumns
        .slice(1)
        .map((name, i) => (i === 5 && id % 3 === 0 ? null : `${name} ${id}`)),
    );
  db.exec("commit");
}

function prepare(text: string, arrays: boolean): StatementSync {
  const statement = db.prepare(text);
  statement.setReturnArrays(arrays);
  return statement;
}

/**
 * Runs each maker for many other column lists first. A function shared by all plans then has seen
 * many shapes, as it would have in an application; a function generated per plan has not.
 */
function pollute(makers: ((names: string[]) => Decoder)[]): void {
  for (let plan = 0; plan < 40; plan++) {
    for (const count of [3, 11, 13]) {
      const names = Array.from({ length: count }, (_, i) => `column${plan}_${i}`);
      const cells = names.map((_, i) => (i % 2 === 0 ? i : `text ${i}`));
      for (const make of makers) {
        if (make === unrolled && count === 3) continue;
        const decode = make(names);
        for (let turn = 0; turn < 300; turn++) decode(cells);
      }
    }
  }
}

// ---------------------------------------------------------------- the comparisons

const positionalShared = (names: string[]) => positionalAssignments(names, false);
const computedShared = (names: string[]) => computedKeys(names, false);

console.log(`node ${process.version}, SQLite ${process.versions.sqlite}`);
pollute([
  loop,
  clonedTemplate,
  unrolled,
  computedKeys,
  computedShared,
  positionalAssignments,
  positionalShared,
  positionalTemplate,
  positionalConstructor,
  literalNames,
]);

const orderText = (limit: number) =>
  `select ${orderColumns.join(", ")} from orders where id > ? limit ${limit}`;
for (const limit of [1000, 50]) {
  const objects = prepare(orderText(limit), false);
  const arrays = prepare(orderText(limit), true);
  const read =
    (decode: ManyDecoder): Way =>
    (turn) =>
      decode(arrays.all(turn % 1900) as unknown as Cells[]);
  await compare(
    `${limit} rows × 13 columns, no conversion`,
    {
      "object rows of node:sqlite": (turn) => objects.all(turn % 1900),
      "bare arrays": (turn) => arrays.all(turn % 1900),
      "a  loop, o[names[i]]": read(each(loop(orderColumns))),
      "   clone of a template, then loop": read(each(clonedTemplate(orderColumns))),
      "d  unrolled by count, shared": read(each(unrolled(orderColumns))),
      "c1 generated, computed keys {[k0]: r[0]}": read(each(computedKeys(orderColumns))),
      "c1 the same text for all plans": read(each(computedShared(orderColumns))),
      "c2 generated, o[k0] = r[0]": read(each(positionalAssignments(orderColumns))),
      "c2 the same text for all plans": read(each(positionalShared(orderColumns))),
      "c2 with the row loop inside": read(positionalAssignmentsMany(orderColumns)),
      "c2 with the row loop inside, in place": read(positionalInPlace(orderColumns)),
      "c3 generated, clone of a template, o[k0] = r[0]": read(
        each(positionalTemplate(orderColumns)),
      ),
      "c4 generated constructor": read(each(positionalConstructor(orderColumns))),
      "b  UNSAFE: names quoted into the code": read(each(literalNames(orderColumns))),
    },
    { batch: 1 },
  );
}

{
  const text = `select ${customerColumns.join(", ")} from customers where id = ?`;
  const objects = prepare(text, false);
  const arrays = prepare(text, true);
  const id = (turn: number) => 1 + ((turn * 7919) % 9990);
  const read =
    (decode: Decoder): Way =>
    (turn) => {
      const cells = arrays.get(id(turn)) as unknown as Cells | undefined;
      return cells === undefined ? undefined : decode(cells);
    };
  await compare(
    "1 row × 11 columns, no conversion",
    {
      "object rows of node:sqlite": (turn) => objects.get(id(turn)),
      "bare arrays": (turn) => arrays.get(id(turn)),
      "a  loop, o[names[i]]": read(loop(customerColumns)),
      "d  unrolled by count, shared": read(unrolled(customerColumns)),
      "c1 generated, computed keys {[k0]: r[0]}": read(computedKeys(customerColumns)),
      "c2 generated, o[k0] = r[0]": read(positionalAssignments(customerColumns)),
      "c2 the same text for all plans": read(positionalShared(customerColumns)),
      "c4 generated constructor": read(positionalConstructor(customerColumns)),
      "b  UNSAFE: names quoted into the code": read(literalNames(customerColumns)),
    },
    { batch: 8 },
  );
}

for (const limit of [1000, 50]) {
  const kinds: Kind[] = [
    "as-is",
    "date",
    "date",
    "date",
    "boolean",
    "as-is",
    "as-is",
    "as-is",
    "as-is",
    "as-is",
    "as-is",
    "bigint",
    "bigint",
  ];
  const objects = prepare(orderText(limit), false);
  const arrays = prepare(orderText(limit), true);
  const read = (decode: Decoder): Way => {
    const many = each(decode);
    return (turn) => many(arrays.all(turn % 1900) as unknown as Cells[]);
  };
  const byHand: Way = (turn) => {
    const rows = objects.all(turn % 1900) as Record<string, any>[];
    for (const row of rows) {
      row.orderDate = new Date(row.orderDate);
      row.requiredDate = new Date(row.requiredDate);
      if (row.shippedDate !== null) row.shippedDate = new Date(row.shippedDate);
      row.shipVia = row.shipVia === 1;
      row.customerId = BigInt(row.customerId);
      row.employeeId = BigInt(row.employeeId);
    }
    return rows;
  };
  await compare(
    `${limit} rows × 13 columns: 3 dates, 1 boolean, 2 bigints`,
    {
      "object rows, converted by hand": byHand,
      "a  loop, converter per column": read(loopConverting(orderColumns, kinds)),
      "c2 generated, calling converters": read(positionalCalling(orderColumns, kinds)),
      "c2 generated, our own kinds inlined": read(positionalInlined(orderColumns, kinds)),
    },
    { batch: 1 },
  );
}

db.close();
rmSync(folder, { recursive: true });
