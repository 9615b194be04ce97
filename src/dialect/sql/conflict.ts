import { comparable } from "../../ast/folding.ts";
import type { AnyColumn, ConflictClause, InsertStatement } from "../../ast/statement.ts";
import { resolveSql } from "../../schema/sql-model.ts";
import type { TableInfo } from "../../schema/table.ts";
import { writeSql } from "./declared-text.ts";
import { writeCell } from "./standard-query.ts";
import type { Writer } from "./writer.ts";

/** What an insert that found a row does, behind its words: `on conflict (…) where … do update set … where …`. */
export function writeConflict(
  { predicate, set = [], target, update, where }: ConflictClause,
  { into }: InsertStatement,
  out: Writer,
): void {
  out.sql(" on conflict");
  if (target.length > 0) {
    out
      .sql(" (")
      .list(target, (column) => out.expression(comparable(column)))
      .sql(")");
  }
  if (predicate !== undefined) {
    const { names } = out.context;
    writeSql(
      resolveSql(predicate, (column) => names.column(column as AnyColumn)),
      out.sql(" where "),
    );
  }
  if (update.length === 0 && set.length === 0) {
    out.sql(" do nothing");
    return;
  }
  out.sql(" do update set ").list(update, (column) => {
    out.columnName(column).sql(" = excluded.").columnName(column);
  });
  if (set.length === 0 && where === undefined) return;
  if (set.length > 0 && update.length > 0) out.sql(", ");
  out.scope([into, (into as TableInfo).inserted], () => {
    out.list(set, ({ column, value }) => {
      out.columnName(column).sql(" = ");
      writeCell(column, value, out);
    });
    if (where !== undefined) out.sql(" where ").expression(where);
  });
}
