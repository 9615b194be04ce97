// How long it takes to read a live database of 1,000 tables with 20 columns each, foreign keys and indexes.
// PLINTH_BENCH_URLS="postgres://… mariadb://…" node bench/spikes/introspection.ts
import { connect } from "../../src/entry/main.ts";
import { inspect } from "../../src/connect/inspect.ts";
import { Session } from "../../src/connect/session.ts";

const TABLES = 1_000;
const COLUMNS = 20;
const ROUNDS = 3;

function statementsOf(at: number): string[] {
  const columns = [
    "id integer not null primary key",
    "name varchar(40) not null unique",
    "level integer default 1 check (level > 0)",
    "created timestamp default current_timestamp",
    `parent integer references table_${Math.max(0, at - 1)} (id)`,
  ];
  for (let more = columns.length; more < COLUMNS; more++) columns.push(`text_${more} varchar(100)`);
  return [
    `create table table_${at} (${columns.join(", ")})`,
    `create index table_${at}_level on table_${at} (level)`,
  ];
}

for (const url of ["sqlite::memory:", ...(process.env["PLINTH_BENCH_URLS"] ?? "").split(" ")]) {
  if (url === "") continue;
  await using db = await connect(url);
  const session = await Session.open(db["~engine"]);
  const sent: string[] = [];
  for (let at = 0; at < TABLES; at++) sent.push(...statementsOf(at));
  for (let at = 0; at < sent.length; at += 200)
    await session.script(sent.slice(at, at + 200).join(";\n"));
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const startMs = performance.now();
    const { model } = await inspect(session);
    times.push(Math.round(performance.now() - startMs));
    if (model.tables.length !== TABLES) throw new Error("Not every table was read.");
  }
  session.release();
  console.log(`${db.server.product.padEnd(10)} ${times.map((ms) => `${ms} ms`).join(", ")}`);
}
