// The baseline: node:sqlite, every statement prepared once and kept, rows as objects.
import { DatabaseSync } from "node:sqlite";

import type { Targets } from "../../run/targets.ts";
import type { Contender } from "../../work/operations.ts";
import { cellsOf, nestDetail, pragmas, statements } from "../../work/statements.ts";

export const title = "raw node:sqlite";

export function open(targets: Targets): Contender {
  const db = new DatabaseSync(targets.sqlite!.file);
  for (const pragma of pragmas) db.exec(`pragma ${pragma}`);
  const sql = statements.sqlite;
  const [byKey, page, search] = [
    db.prepare(sql.byKey),
    db.prepare(sql.page),
    db.prepare(sql.search),
  ];
  const [order, details, aggregate] = [
    db.prepare(sql.order),
    db.prepare(sql.details),
    db.prepare(sql.aggregate),
  ];
  const [update, insert] = [db.prepare(sql.update), db.prepare(sql.insert)];
  const [readBalance, debit, credit] = [
    db.prepare(sql.readBalance),
    db.prepare(sql.debit),
    db.prepare(sql.credit),
  ];
  const [begin, commit, rollback] = [
    db.prepare("begin"),
    db.prepare("commit"),
    db.prepare("rollback"),
  ];

  const inTransaction = (work: () => void) => {
    begin.run();
    try {
      work();
      commit.run();
    } catch (error) {
      rollback.run();
      throw error;
    }
  };

  return {
    operations: {
      byKey: (id) => byKey.get(id),
      page: (offset) => page.all(offset),
      search: (term) => search.all(`%${term}%`),
      tree: (id) => {
        const found = order.get(id)! as Record<string, unknown>;
        found.details = details.all(id).map(nestDetail);
        return found;
      },
      aggregate: (after, upTo) => aggregate.all(after, upTo),
      update: (id, balance, version) => update.run(balance, version, id),
      transaction: (from, to, amount, row) =>
        inTransaction(() => {
          readBalance.get(from);
          debit.run(amount, from);
          credit.run(amount, to);
          insert.run(...cellsOf(row));
        }),
      insert: (row) => insert.run(...cellsOf(row)).lastInsertRowid,
      bulk: (rows) =>
        inTransaction(() => {
          for (const row of rows) insert.run(...cellsOf(row));
        }),
    },
    close: () => db.close(),
  };
}
