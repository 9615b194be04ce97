/** The tables that the shapes need and the nine operations don't: one of 60 columns, and counters. */
import { Random } from "../data/random.ts";
import type { Database } from "../data/tables.ts";
import type { Targets } from "../run/targets.ts";
import { openPlain } from "../work/verify.ts";
import { wideColumns, wideRows } from "./shapes.ts";

const textTypes: Record<Database, string> = {
  sqlite: "text",
  postgres: "varchar(40)",
  mariadb: "varchar(40)",
};
const numberTypes: Record<Database, string> = {
  sqlite: "real",
  postgres: "double precision",
  mariadb: "double",
};

export async function prepareShapes(database: Database, targets: Targets): Promise<void> {
  const plain = await openPlain(database, targets);
  const types = { integer: "integer", number: numberTypes[database], text: textTypes[database] };
  const columns = wideColumns.map(([name, kind]) => `${name} ${types[kind]} not null`);
  await plain.query("drop table if exists wide");
  await plain.query("drop table if exists counters");
  await plain.query(`create table wide (id integer primary key, ${columns.join(", ")})`);
  await plain.query(
    `create table counters (id integer primary key, name ${textTypes[database]} not null, hits integer not null)`,
  );
  const random = new Random(1_012);
  const literals = {
    integer: () => random.integer(1, 1_000_000),
    number: () => random.integer(1, 1_000_000) / 100,
    text: () => `'text ${random.integer(1, 1_000_000)}'`,
  };
  for (let from = 1; from <= wideRows; from += 500) {
    const rows = Array.from(
      { length: 500 },
      (_, at) => `(${from + at}, ${wideColumns.map(([, kind]) => literals[kind]()).join()})`,
    );
    await plain.query(`insert into wide values ${rows.join()}`);
  }
  await plain.end();
}
