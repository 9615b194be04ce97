import Database from "better-sqlite3";

import type { Targets } from "../../run/targets.ts";
import type { Contender } from "../../work/operations.ts";
import { cellsOf, nestDetail, pragmas, statements } from "../../work/statements.ts";

export const title = "raw better-sqlite3";

type Row = Record<string, unknown>;

export function open(targets: Targets): Contender {
  const db = new Database(targets.sqlite!.file);
  for (const pragma of pragmas) db.pragma(pragma);
  const texts = statements.sqlite;
  const byKey = db.prepare(texts.byKey);
  const page = db.prepare(texts.page);
  const search = db.prepare(texts.search);
  const order = db.prepare<[number], Row>(texts.order);
  const details = db.prepare<[number], Row>(texts.details);
  const aggregate = db.prepare(texts.aggregate);
  const update = db.prepare(texts.update);
  const readBalance = db.prepare(texts.readBalance);
  const debit = db.prepare(texts.debit);
  const credit = db.prepare(texts.credit);
  const insert = db.prepare(texts.insert);
  return {
    operations: {
      byKey: (id) => byKey.get(id),
      page: (offset) => page.all(offset),
      search: (term) => search.all(`%${term}%`),
      tree: (id) => ({ ...order.get(id), details: details.all(id).map(nestDetail) }),
      aggregate: (after, upTo) => aggregate.all(after, upTo),
      update: (id, balance, version) => update.run(balance, version, id),
      transaction: db.transaction((from, to, amount, row) => {
        readBalance.get(from);
        debit.run(amount, from);
        credit.run(amount, to);
        insert.run(...cellsOf(row));
      }),
      insert: (row) => insert.run(...cellsOf(row)).lastInsertRowid,
      bulk: db.transaction((rows) => {
        for (const row of rows) insert.run(...cellsOf(row));
      }),
    },
    close: () => db.close(),
  };
}
