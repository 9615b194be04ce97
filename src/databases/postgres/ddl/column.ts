/** A column as it stands in a table. */

import type { EnumType, LogicalType } from "../../../ast/logical-type.ts";
import { UnsupportedError } from "../../../core/error.ts";
import { writeDefaultValue } from "../../../dialect/sql/declared-text.ts";
import { writeGenerated } from "../../../dialect/sql/standard-ddl.ts";
import type { Writer } from "../../../dialect/sql/writer.ts";
import type { IdentityOptions } from "../../../schema/identity.ts";
import {
  constraintName,
  type ColumnModel,
  type DefaultModel,
  type GeneratedModel,
} from "../../../schema/model.ts";
import { isClock, isTextEnum, isTextUuid, unitOf } from "../types.ts";

/**
 * The time of the transaction's beginning, cut to the column's precision: the server would round it, and a row would be
 * from the future. `date_bin` came with version 14.
 */
export function nowText(type: LogicalType | undefined): string {
  switch (type?.kind) {
    case "timestamp": {
      const unit = unitOf(type);
      if (unit === undefined) return truncated(type.precision, isClock(type) ? CLOCK : "now()");
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

const CLOCK = "(now() at time zone 'UTC')";

/** The time of the statement, cut likewise. Of columns with a time zone. */
export function clockText(precision: number): string {
  return truncated(precision, "clock_timestamp()");
}

function truncated(precision: number, now = "now()"): string {
  if (precision === 6) return now;
  if (precision === 3) return `date_trunc('milliseconds', ${now})`;
  if (precision === 0) return `date_trunc('second', ${now})`;
  const [type, zone] = now === CLOCK ? ["timestamp", ""] : ["timestamptz", "+00"];
  return `date_bin('${10 ** (6 - precision)} microseconds', ${now}, ${type} '2000-01-01 00:00:00${zone}')`;
}

export function writeDefault(column: ColumnModel, value: DefaultModel, out: Writer): void {
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

export function writeLabels(type: EnumType, out: Writer): void {
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

export function writeIdentity({ always, start, increment }: IdentityOptions, out: Writer): void {
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

/** What a type of the server's doesn't hold by itself. */
export function hasTypeCheck({ type }: ColumnModel): boolean {
  if (type.kind === "bytes") return type.length !== undefined;
  if (type.kind === "bigint") return type.flags !== undefined;
  return type.kind === "enum" && isTextEnum(type);
}

export function typeCheckName(table: string, column: string): string {
  return constraintName(table, [column], "type");
}

/** Its name is given, so that it can be dropped. */
export function writeTypeCheck(table: string, { name, type }: ColumnModel, out: Writer): void {
  out.sql("constraint ").id(typeCheckName(table, name)).sql(" check (");
  if (type.kind === "bytes") out.sql("octet_length(").id(name).sql(`) <= ${type.length})`);
  else if (type.kind === "bigint") out.id(name).sql(" >= 0)");
  else if (type.kind === "enum") {
    out.id(name).sql(" in (");
    writeLabels(type, out);
    out.sql("))");
  }
}

export function writeColumn(column: ColumnModel, table: string, out: Writer): void {
  out.sql(out.context.types.sqlType(column.type));
  if (!column.nullable) out.sql(" not null");
  if (column.generated !== undefined) writeStored(column, column.generated, out);
  if (hasTypeCheck(column)) writeTypeCheck(table, column, out.sql(" "));
  if (column.isAutoIncrement) writeIdentity(column.identity ?? {}, out);
  else if (column.default !== undefined) {
    out.sql(" default ");
    writeDefault(column, column.default, out);
  }
}
