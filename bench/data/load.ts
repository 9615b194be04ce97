/** Creates the tables and loads the data set. */
import { mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";

import type { ServerTarget } from "../run/targets.ts";
import { allRows, type Cell } from "./rows.ts";
import {
  columnNames,
  createStatements,
  indexStatements,
  postgresForeignKeys,
  tableNames,
  tables,
  type TableName,
} from "./tables.ts";

/** Writes beside the final name first, so that an interrupted load leaves no half a file behind. */
export async function loadSqlite(file: string): Promise<void> {
  const { DatabaseSync } = await import("node:sqlite");
  mkdirSync(dirname(file), { recursive: true });
  const unfinished = `${file}.unfinished`;
  rmSync(unfinished, { force: true });
  const db = new DatabaseSync(unfinished);
  db.exec("pragma synchronous = off");
  for (const statement of createStatements("sqlite")) db.exec(statement);
  db.exec("begin");
  for (const [table, rows] of chunks(1000)) {
    const columns = columnNames(table);
    const insert = db.prepare(
      `insert into ${table} (${columns.join()}) values (${columns.map(() => "?").join()})`,
    );
    for (const row of rows) insert.run(...row);
  }
  db.exec("commit");
  for (const statement of indexStatements) db.exec(statement);
  db.exec("analyze");
  db.close();
  renameSync(unfinished, file);
}

export async function loadPostgres(target: ServerTarget): Promise<void> {
  const { default: pg } = await import("pg");
  const client = new pg.Client(target);
  await client.connect();
  for (const statement of createStatements("postgres")) await client.query(statement);
  for (const [table, rows] of chunks(2000)) {
    const literal = (value: Cell) =>
      typeof value === "string" ? client.escapeLiteral(value) : String(value);
    await client.query(
      insertText(table, rows, literal, (seconds) => `'${new Date(seconds * 1000).toISOString()}'`),
    );
  }
  for (const statement of [...indexStatements, ...postgresForeignKeys()])
    await client.query(statement);
  // Its vacuum would come at its own time, in one contender's round and not in another's.
  for (const table of ["accounts", "audit"])
    await client.query(`alter table ${table} set (autovacuum_enabled = off)`);
  await client.query("vacuum analyze");
  await client.end();
}

export async function loadMariadb(target: ServerTarget): Promise<void> {
  const { default: mysql } = await import("mysql2/promise");
  const connection = await mysql.createConnection({ ...target, timezone: "Z" });
  await connection.query("set foreign_key_checks = 0");
  for (const statement of createStatements("mariadb")) await connection.query(statement);
  for (const [table, rows] of chunks(2000)) {
    const literal = (value: Cell) => connection.escape(value);
    const date = (seconds: number) => `'${new Date(seconds * 1000).toISOString().slice(0, 19)}'`;
    await connection.query(insertText(table, rows, literal, date));
  }
  for (const statement of indexStatements) await connection.query(statement);
  for (const table of tableNames) await connection.query(`analyze table ${table}`);
  await connection.end();
}

function insertText(
  table: TableName,
  rows: readonly Cell[][],
  literal: (value: Cell) => string,
  date: (seconds: number) => string,
): string {
  const columns = Object.entries(tables[table]);
  const cell = (value: Cell, index: number) =>
    value !== null && columns[index]![1].kind === "date"
      ? date(Number(value))
      : value === null
        ? "null"
        : literal(value);
  const tuples = rows.map((row) => `(${row.map(cell).join()})`);
  return `insert into ${table} (${columnNames(table).join()}) values ${tuples.join()}`;
}

function* chunks(rowCount: number): Generator<[TableName, Cell[][]]> {
  let current: TableName | undefined;
  let chunk: Cell[][] = [];
  for (const [table, row] of allRows()) {
    if (current !== undefined && (table !== current || chunk.length >= rowCount)) {
      yield [current, chunk];
      chunk = [];
    }
    current = table;
    chunk.push(row);
  }
  if (current !== undefined && chunk.length > 0) yield [current, chunk];
}
