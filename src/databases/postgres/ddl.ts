import type { EnumType, LogicalType } from "../../ast/logical-type.ts";
import { UnsupportedError } from "../../core/error.ts";
import type { DdlRules } from "../../dialect/rules.ts";
import {
  writeAddForeignKey,
  writeCreateSchema,
  writeCreateTable,
  writeCreateView,
  writeDefaultValue,
  writeDropTable,
  writeGenerated,
  writeIndexStart,
  writeIndexTerms,
  writeSql,
} from "../../dialect/standard-ddl.ts";
import type { Writer } from "../../dialect/writer.ts";
import type { IdentityOptions } from "../../schema/identity.ts";
import type {
  ColumnModel,
  DefaultModel,
  GeneratedModel,
  IndexTermModel,
} from "../../schema/model.ts";
import { isTextEnum, isTextUuid, unitOf } from "./types.ts";

/**
 * The time of the transaction's beginning, cut to the column's precision: the server would round it, and a row would be
 * from the future. `date_bin` came with version 14.
 */
export function nowText(type: LogicalType | undefined): string {
  switch (type?.kind) {
    case "timestamp": {
      const unit = unitOf(type);
      if (unit === undefined) return truncated(type.precision);
      const count = `extract(epoch from now())${unit === "seconds" ? "" : " * 1000"}`;
      return `cast(trunc(${count}) as bigint)`;
    }
    case "date":
      return "cast(now() at time zone 'UTC' as date)";
    case "time":
      return `cast(${truncated(type.precision)} at time zone 'UTC' as time(${type.precision}))`;
    default:
      return "now()";
  }
}

function truncated(precision: number): string {
  if (precision === 6) return "now()";
  if (precision === 3) return "date_trunc('milliseconds', now())";
  if (precision === 0) return "date_trunc('second', now())";
  return `date_bin('${10 ** (6 - precision)} microseconds', now(), timestamptz '2000-01-01 00:00:00+00')`;
}

function writeDefault(column: ColumnModel, value: DefaultModel, out: Writer): void {
  out.sql(" default ");
  switch (value.kind) {
    case "now":
      out.sql(nowText(column.type));
      return;
    case "random":
      out.sql(isTextUuid(column.type) ? "cast(gen_random_uuid() as text)" : "gen_random_uuid()");
      return;
    case "sql":
      out.sql(`(${value.text})`);
      return;
    case "value":
      writeDefaultValue(column, value.value, out);
  }
}

function writeLabels(type: EnumType, out: Writer): void {
  out.list(type.values, (value) => out.sql(out.context.spelling.textLiteral(value)));
}

/** Version 18 is the first that computes them when they are read. */
function writeStored({ name }: ColumnModel, generated: GeneratedModel, out: Writer): void {
  if (!generated.isStored) {
    throw new UnsupportedError({
      dialect: "PostgreSQL",
      feature: `a generated column that is not stored ("${name}")`,
      instead: "Leave out { stored: false }.",
    });
  }
  writeGenerated(generated, out);
}

function writeIdentity({ always, start, increment }: IdentityOptions, out: Writer): void {
  out.sql(` generated ${always === true ? "always" : "by default"} as identity`);
  const options = [
    // Of itself the server counts down from -1, and up from 1.
    ...(start === undefined ? [] : [`start with ${start}`]),
    ...(increment === undefined ? [] : [`increment by ${increment}`]),
    ...(start !== undefined && start < 1 && (increment ?? 1) > 0 ? [`minvalue ${start}`] : []),
    ...(start !== undefined && start > -1 && (increment ?? 1) < 0 ? [`maxvalue ${start}`] : []),
  ];
  if (options.length > 0) out.sql(` (${options.join(" ")})`);
}

function writeColumn(column: ColumnModel, out: Writer): void {
  out.sql(out.context.types.sqlType(column.type));
  if (!column.nullable) out.sql(" not null");
  if (column.generated !== undefined) writeStored(column, column.generated, out);
  const { type } = column;
  if (type.kind === "bigint" && type.flags !== undefined)
    out.sql(" check (").id(column.name).sql(" >= 0)");
  if (type.kind === "bytes" && type.length !== undefined)
    out.sql(" check (octet_length(").id(column.name).sql(`) <= ${type.length})`);
  if (type.kind === "enum" && isTextEnum(type)) {
    out.sql(" check (").id(column.name).sql(" in (");
    writeLabels(type, out);
    out.sql("))");
  }
  if (column.isAutoIncrement) writeIdentity(column.identity ?? {}, out);
  else if (column.default !== undefined) writeDefault(column, column.default, out);
}

export const postgresDdl: DdlRules = {
  createSchema: writeCreateSchema,

  createEnum({ type }, out) {
    out.sql("create type ").qualified(type.schema, type.name).sql(" as enum (");
    writeLabels(type, out);
    out.sql(")");
  },

  createTable(change, out) {
    writeCreateTable(change, out, {
      column: (column, _table, writer) => writeColumn(column, writer),
      hasPrimaryKey: () => true,
      suffix: "",
    });
  },

  dropTable: writeDropTable,

  /** NULLs stand where queries order them: first, or last when read backwards. */
  createIndex(change, out) {
    writeIndexStart(change, out);
    const canBeNull = (term: IndexTermModel): boolean =>
      !("column" in term) ||
      change.table.columns.find((column) => column.name === term.column)?.nullable === true;
    const placeOfNulls = (term: IndexTermModel): string => {
      if (term.direction === "desc") return canBeNull(term) ? " desc nulls last" : " desc";
      return canBeNull(term) ? " nulls first" : "";
    };
    writeIndexTerms(change, out, placeOfNulls, (column) =>
      out.sql("(lower(").id(column).sql(' collate "C"))'),
    );
    out.sql(")");
    if (change.index.where !== undefined) writeSql(change.index.where, out.sql(" where "));
  },

  addForeignKey: writeAddForeignKey,

  createView: writeCreateView,

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
