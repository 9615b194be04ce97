/**
 * A write whose subqueries read the table that it writes, which MySQL refuses (error 1093) and SQL doesn't. They read a
 * copy instead, which the server makes before it writes; the limit keeps it from taking the copy for the table again.
 * Source: MySQL 8.4 manual, "Restrictions on Subqueries" and "Optimizing Derived Tables".
 */

import type { Source } from "../../../ast/expression.ts";
import type { JoinClause } from "../../../ast/statement.ts";
import { rulesOf } from "../../../dialect/sql/rules.ts";
import type { Writer } from "../../../dialect/sql/writer.ts";
import { TableInfo } from "../../../schema/table.ts";

const written = new WeakMap<Writer, Source>();

/** From here on the table is read by what `out` writes in subqueries only. */
export function noteWritten(table: Source, out: Writer): void {
  written.set(out, table);
}

export function writeReadTable(source: Source, out: Writer): void {
  if (written.get(out)?.table !== source.table) {
    out.source(source);
    return;
  }
  const { table, alias } = source;
  out.sql("(select * from ").source({ table, alias: undefined });
  out.sql(" limit 18446744073709551615) as ").id(alias ?? out.context.names.table(table));
}

/** A join beside the written table, which may be of that table itself. */
export function writeJoin(join: JoinClause, out: Writer): void {
  if (!(join.source instanceof TableInfo)) {
    rulesOf(out).join(join, out);
    return;
  }
  out.sql(` ${join.kind} join `).source(join.source);
  if (join.on !== undefined) out.sql(" on ").expression(join.on);
}
