import type { DdlRules } from "../../../dialect/sql/rules.ts";
import { writeSql } from "../../../dialect/sql/declared-text.ts";
import {
  writeAddForeignKey,
  writeCreateSchema,
  writeCreateTable,
  writeCreateView,
  writeDropView,
  writeIndexStart,
  writeIndexTerms,
} from "../../../dialect/sql/standard-ddl.ts";
import { quoteName } from "../../../dialect/sql/writer.ts";
import type { IndexTermModel } from "../../../schema/model.ts";
import { postgresAlter } from "./alter.ts";
import { writeColumn, writeLabels } from "./column.ts";
import { writeFullTextTerm } from "../query/full-text.ts";

export const postgresDdl: DdlRules = {
  ...postgresAlter,

  createSchema: writeCreateSchema,

  createEnum({ type }, out) {
    out.sql("create type ").qualified(type.schema, type.name).sql(" as enum (");
    writeLabels(type, out);
    out.sql(")");
  },

  createTable(change, out) {
    writeCreateTable(change, out, {
      column: (column, table, writer) => writeColumn(column, table.name, writer),
      hasPrimaryKey: () => true,
      suffix: "",
    });
  },

  /** NULLs stand where queries order them: first, or last when read backwards. */
  createIndex(change, out) {
    const { method, included, where } = change.index;
    const words = (): void => {
      if (out.context.hasConcurrentIndexes === true) out.sql("concurrently ");
      out.tolerant("if not exists ");
    };
    if (change.index.fullText !== undefined) {
      writeIndexStart(change, out, words, "gin");
      writeFullTextTerm(change.index, out);
      return;
    }
    writeIndexStart(change, out, words, method);
    const canBeNull = (term: IndexTermModel): boolean =>
      !("column" in term) ||
      change.table.columns.find((column) => column.name === term.column)?.nullable === true;
    const placeOfNulls = (term: IndexTermModel): string => {
      // What is no btree has no order.
      if (method !== undefined) return "";
      if (term.direction === "desc") return canBeNull(term) ? " desc nulls last" : " desc";
      return canBeNull(term) ? " nulls first" : "";
    };
    const after = (term: IndexTermModel): string => {
      const named = term.operatorClass;
      return (named === undefined ? "" : ` ${quoteName(named, '"')}`) + placeOfNulls(term);
    };
    writeIndexTerms(change, out, after, (column) =>
      out.sql("(lower(").id(column).sql(' collate "C"))'),
    );
    out.sql(")");
    if (included !== undefined) out.sql(" include ").idList(included);
    if (where !== undefined) writeSql(where, out.sql(" where "));
  },

  addForeignKey: writeAddForeignKey,

  createView: writeCreateView,
  dropView: writeDropView,

  refreshView({ schema, name, isConcurrent }, out) {
    out.sql("refresh materialized view ");
    if (isConcurrent) out.sql("concurrently ");
    out.qualified(schema, name);
  },

  setComment({ on, schema, table, column, comment }, out) {
    out.sql(`comment on ${column === undefined ? on : "column"} `);
    out.qualified(schema, table);
    if (column !== undefined) out.sql(".").id(column);
    out.sql(" is ");
    out.sql(comment === undefined ? "null" : out.context.spelling.textLiteral(comment));
  },
};
