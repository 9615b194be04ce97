/** The data set: made from fixed seeds, the same on every machine and database. */
import { Random } from "./random.ts";
import type { TableName } from "./tables.ts";

export type Cell = string | number | null;

export const sizes = {
  customers: 10_000,
  employees: 200,
  suppliers: 1_000,
  products: 5_000,
  orders: 100_000,
  details: 500_000,
  accounts: 10_000,
} as const;

const syllables = [
  "ba",
  "ce",
  "di",
  "fo",
  "gu",
  "ha",
  "je",
  "ki",
  "lo",
  "mu",
  "na",
  "pe",
  "qui",
  "ro",
  "su",
  "ta",
  "ve",
  "wi",
  "xa",
  "yo",
  "zu",
  "bran",
  "cor",
  "dal",
  "fen",
  "gor",
  "lin",
  "mar",
  "ner",
  "pol",
  "ster",
  "tor",
  "val",
];
const cities = [
  "Berlin",
  "Lima",
  "Oslo",
  "Porto",
  "Turin",
  "Graz",
  "Nantes",
  "Leeds",
  "Bergen",
  "Lyon",
  "Madrid",
  "Boise",
  "Cork",
  "Aachen",
  "Recife",
  "Lulea",
];
const countries = [
  "Germany",
  "Peru",
  "Norway",
  "Portugal",
  "Italy",
  "Austria",
  "France",
  "UK",
  "USA",
  "Ireland",
  "Brazil",
  "Sweden",
];
const titles = [
  "Owner",
  "Sales Agent",
  "Marketing Manager",
  "Accounting Manager",
  "Order Administrator",
  "Assistant",
];
const regions = ["North", "South", "East", "West", "Central"];
const legalForms = ["Ltd", "GmbH", "SA", "Inc"];

const daySeconds = 86_400;
const firstOrderSeconds = Date.UTC(2010, 0, 1) / 1000;

/** Yields each table's rows, its cells in column order; dates are whole seconds since 1970. */
export function* allRows(): Generator<[TableName, Cell[]]> {
  yield* inTable("customers", customers());
  yield* inTable("employees", employees());
  yield* inTable("suppliers", suppliers());
  yield* inTable("products", products());
  yield* inTable("orders", orders());
  yield* inTable("order_details", orderDetails());
  yield* inTable("accounts", accounts());
}

function* inTable(table: TableName, rows: Iterable<Cell[]>): Generator<[TableName, Cell[]]> {
  for (const row of rows) yield [table, row];
}

function* customers(): Generator<Cell[]> {
  const random = new Random(1001);
  for (let id = 1; id <= sizes.customers; id++) {
    yield [
      id,
      company(random),
      person(random),
      random.pick(titles),
      street(random),
      random.pick(cities),
      random.next() < 0.9 ? digits(random, 5) : null,
      random.next() < 0.4 ? random.pick(regions) : null,
      random.pick(countries),
      phone(random),
      random.next() < 0.5 ? phone(random) : null,
    ];
  }
}

function* employees(): Generator<Cell[]> {
  const random = new Random(1002);
  for (let id = 1; id <= sizes.employees; id++) {
    yield [
      id,
      word(random, 3),
      word(random, 2),
      random.pick(titles),
      random.pick(cities),
      random.pick(countries),
      [word(random), word(random), word(random), word(random)].join(" "),
      id > 1 ? random.integer(1, id - 1) : null,
    ];
  }
}

function* suppliers(): Generator<Cell[]> {
  const random = new Random(1003);
  for (let id = 1; id <= sizes.suppliers; id++) {
    yield [
      id,
      company(random),
      person(random),
      random.pick(titles),
      street(random),
      random.pick(cities),
      random.next() < 0.4 ? random.pick(regions) : null,
      digits(random, 5),
      random.pick(countries),
      phone(random),
    ];
  }
}

function* products(): Generator<Cell[]> {
  const random = new Random(1004);
  for (let id = 1; id <= sizes.products; id++) {
    yield [
      id,
      `${word(random, 3)} ${word(random, 2)}`,
      `${random.integer(1, 48)} boxes x ${random.integer(1, 20)} bags`,
      price(random, 200),
      random.integer(0, 125),
      random.integer(0, 100),
      random.integer(0, 40),
      random.next() < 0.1 ? 1 : 0,
      random.integer(1, sizes.suppliers),
    ];
  }
}

function* orders(): Generator<Cell[]> {
  const random = new Random(1005);
  for (let id = 1; id <= sizes.orders; id++) {
    const ordered =
      firstOrderSeconds + random.integer(0, 4000) * daySeconds + random.integer(0, daySeconds - 1);
    yield [
      id,
      ordered,
      ordered + 28 * daySeconds,
      random.next() < 0.95 ? ordered + random.integer(1, 20) * daySeconds : null,
      random.integer(1, 3),
      price(random, 400),
      word(random, 3),
      random.pick(cities),
      random.next() < 0.4 ? random.pick(regions) : null,
      digits(random, 5),
      random.pick(countries),
      random.integer(1, sizes.customers),
      random.integer(1, sizes.employees),
    ];
  }
}

function* orderDetails(): Generator<Cell[]> {
  const random = new Random(1006);
  for (let id = 1; id <= sizes.details; id++) {
    yield [
      id,
      Math.ceil((id * sizes.orders) / sizes.details),
      random.integer(1, sizes.products),
      price(random, 200),
      random.integer(1, 60),
      random.pick([0, 0, 0, 0.05, 0.1, 0.2]),
    ];
  }
}

function* accounts(): Generator<Cell[]> {
  for (let id = 1; id <= sizes.accounts; id++) yield [id, `owner${id}`, 1_000_000, 0];
}

function word(random: Random, count = 3): string {
  let text = "";
  for (let i = 0; i < count; i++) text += random.pick(syllables);
  return text[0]!.toUpperCase() + text.slice(1);
}

function company(random: Random): string {
  return `${word(random)} ${word(random, 2)} ${random.pick(legalForms)}`;
}

function person(random: Random): string {
  return `${word(random, 2)} ${word(random, 3)}`;
}

function street(random: Random): string {
  return `${random.integer(1, 300)} ${word(random, 3)} St.`;
}

function digits(random: Random, count: number): string {
  let text = "";
  for (let i = 0; i < count; i++) text += random.integer(0, 9);
  return text;
}

function phone(random: Random): string {
  return `(${digits(random, 3)}) ${digits(random, 3)}-${digits(random, 4)}`;
}

function price(random: Random, highest: number): number {
  return Math.round(random.next() * highest * 100) / 100;
}
