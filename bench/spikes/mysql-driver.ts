/**
 * Which driver for the MySQL family: mariadb or mysql2, and by which of its ways?
 *
 *     node spikes/mysql-driver.ts [--quick]
 */
/* oxlint-disable typescript/no-explicit-any, typescript/no-implied-eval
   -- the drivers' insides have no types, and generated decoders are what is measured */
import mariadb from "mariadb";
import mysql from "mysql2/promise";

import { columnNames } from "../data/tables.ts";
import { withServers } from "../run/servers.ts";
import type { ServerTarget } from "../run/targets.ts";
import { parameters } from "../work/operations.ts";
import {
  bulkValues,
  cellsOf,
  nestFlatCells,
  nestFlatRows,
  statements,
} from "../work/statements.ts";
import { compare, type Comparison, type Way } from "./compare.ts";

type Row = Record<string, unknown>;
const sql = statements.mariadb;
const bulkText = sql.bulkHead + Array(1000).fill("(?, ?, ?, ?, ?)").join();

interface Driver {
  query(text: string, values: unknown[]): Promise<any>;
  begin(): Promise<unknown>;
  commit(): Promise<unknown>;
  rows(table: "customers" | "orders", result: any): Row[];
  nest(result: any): unknown;
  bulk(rows: any[]): Promise<unknown>;
}

async function drivers(target: ServerTarget): Promise<Record<string, Driver>> {
  const mysql2 = async (how: "query" | "execute", arrays: boolean): Promise<Driver> => {
    const connection: any = await mysql.createConnection({
      ...target,
      timezone: "Z",
      rowsAsArray: arrays,
    });
    return {
      query: async (text, values) => ((await connection[how](text, values)) as unknown[])[0],
      begin: () => connection.query("begin"),
      commit: () => connection.query("commit"),
      rows: (table, result) => (arrays ? result.map(decoders[table]) : result),
      nest: arrays ? nestFlatCells : nestFlatRows,
      bulk: (rows) => connection[how](bulkText, bulkValues(rows)),
    };
  };
  const mariadbDriver = async (how: "query" | "execute", arrays: boolean): Promise<Driver> => {
    const connection: any = await mariadb.createConnection({
      ...target,
      timezone: "Z",
      insertIdAsNumber: true,
      bigIntAsNumber: true,
      rowsAsArray: arrays,
      checkDuplicate: !arrays,
    });
    return {
      query: (text, values) => connection[how](text, values),
      begin: () => connection.query("begin"),
      commit: () => connection.query("commit"),
      rows: (table, result) => (arrays ? result.map(decoders[table]) : result),
      nest: arrays ? nestFlatCells : nestFlatRows,
      bulk: (rows) => connection.batch(sql.insert, rows.map(cellsOf)),
    };
  };
  return {
    "mysql2 query": await mysql2("query", false),
    "mysql2 execute": await mysql2("execute", false),
    "mysql2 execute, arrays and decoder": await mysql2("execute", true),
    "mariadb query": await mariadbDriver("query", false),
    "mariadb execute": await mariadbDriver("execute", false),
    "mariadb execute, arrays and decoder": await mariadbDriver("execute", true),
  };
}

let serial = 0;
const decoders = { customers: decoder("customers"), orders: decoder("orders") };

function decoder(table: "customers" | "orders"): (cells: unknown[]) => Row {
  const names = columnNames(table);
  const body = `/* ${++serial} */ return (r) => { const o = {}; ${names.map((_, i) => `o[k${i}] = r[${i}];`).join(" ")} return o; }`;
  return new Function(...names.map((_, i) => `k${i}`), body)(...names);
}

function works(driver: Driver): Record<string, Way> {
  const given = parameters();
  const next = <K extends keyof typeof given>(operation: K, turn: number) =>
    given[operation][turn & 1023]! as (typeof given)[K][number];
  return {
    byKey: async (turn) =>
      driver.rows("customers", await driver.query(sql.byKey, next("byKey", turn)))[0],
    page: async (turn) => driver.rows("orders", await driver.query(sql.page, next("page", turn))),
    tree: async (turn) => driver.nest(await driver.query(sql.flatTree, next("tree", turn))),
    aggregate: (turn) => driver.query(sql.aggregate, next("aggregate", turn)),
    update: (turn) => {
      const [id, balance, version] = next("update", turn);
      return driver.query(sql.update, [balance, version, id]);
    },
    transaction: async (turn) => {
      const [from, to, amount, row] = next("transaction", turn);
      await driver.begin();
      await driver.query(sql.readBalance, [from]);
      await driver.query(sql.debit, [amount, from]);
      await driver.query(sql.credit, [amount, to]);
      await driver.query(sql.insert, cellsOf(row));
      await driver.commit();
    },
    insert: (turn) => driver.query(sql.insert, cellsOf(next("insert", turn)[0])),
    bulk: (turn) => driver.bulk(next("bulk", turn)[0]),
  };
}

await withServers(["mariadb"], async ({ mariadb: target }) => {
  const all = await drivers(target!);
  const version = (await all["mysql2 query"]!.query("select version() as v", []))[0].v;
  console.log(`node ${process.version}, MariaDB ${version}, mariadb 3.5.4, mysql2 3.24.5`);
  const results: Comparison[] = [];
  const perDriver = Object.fromEntries(
    Object.entries(all).map(([name, driver]) => [name, works(driver)]),
  );
  for (const operation of Object.keys(works(Object.values(all)[0]!))) {
    await all["mysql2 query"]!.query("truncate audit", []);
    const ways = Object.fromEntries(
      Object.entries(perDriver).map(([name, own]) => [name, own[operation]!]),
    );
    results.push(await compare(operation, ways, { rounds: 7, sliceMs: 150 }));
  }
  console.log("\ngeometric mean");
  for (const name of Object.keys(all)) {
    const ratios = results.map(({ rows }) => rows.find(({ way }) => way === name)!.ratio);
    console.log(
      `  ${name.padEnd(40)} × ${Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length).toFixed(2)}`,
    );
  }
});
process.exit(0);
