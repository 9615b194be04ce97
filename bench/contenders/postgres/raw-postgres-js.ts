import postgres from "postgres";

import { columnNames } from "../../data/tables.ts";
import type { Targets } from "../../run/targets.ts";
import type { Contender } from "../../work/operations.ts";
import { cellsOf, nestFlatRows, statements } from "../../work/statements.ts";

export const title = "raw postgres.js";

const texts = statements.postgres;
const auditColumns = columnNames("audit").slice(1);

export function open(targets: Targets): Contender {
  const { user: username, ...rest } = targets.postgres!;
  const sql = postgres({ ...rest, username, max: targets.poolSize });
  // Prepared and named, as its tagged templates are.
  const run = (on: postgres.ISql, text: string, values: readonly (number | string)[]) =>
    on.unsafe(text, [...values], { prepare: true });
  return {
    operations: {
      byKey: async (id) => (await run(sql, texts.byKey, [id]))[0],
      page: (offset) => run(sql, texts.page, [offset]),
      search: (term) => run(sql, texts.search, [`%${term}%`]),
      tree: async (id) => nestFlatRows(await run(sql, texts.flatTree, [id])),
      aggregate: (after, upTo) => run(sql, texts.aggregate, [after, upTo]),
      update: (id, balance, version) => run(sql, texts.update, [balance, version, id]),
      transaction: (from, to, amount, row) =>
        sql.begin(async (tx) => {
          await run(tx, texts.readBalance, [from]);
          await run(tx, texts.debit, [amount, from]);
          await run(tx, texts.credit, [amount, to]);
          await run(tx, texts.insert, cellsOf(row));
        }),
      insert: async (row) => (await run(sql, `${texts.insert} returning id`, cellsOf(row)))[0]!.id,
      bulk: (rows) => sql`insert into audit ${sql(rows as never, ...(auditColumns as never[]))}`,
    },
    close: () => sql.end(),
  };
}
