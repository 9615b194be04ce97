/** The rows of a table on their way into the one that takes its place. */

import type { DecimalType, LogicalType, TimestampType } from "../../../ast/logical-type.ts";
import { UnsupportedError } from "../../../core/error.ts";
import type { Writer } from "../../../dialect/sql/writer.ts";
import { quoteName } from "../../../dialect/sql/writer.ts";
import type { CopiedColumn, CopyRows, Renamed } from "../../../schema/change.ts";
import { writeColumnDefault } from "../column-default.ts";
import { decimalStorage, instantStorage } from "../types.ts";

/** `value / unit`, downwards for negative ones too. */
function floorDivide(value: string, unit: number): string {
  return `((${value}) - ((${value}) % ${unit} + ${unit}) % ${unit}) / ${unit}`;
}

/** Whole numbers, half of a unit away from zero. */
function roundDivide(value: string, unit: number): string {
  return `((${value}) + iif((${value}) < 0, -${unit / 2}, ${unit / 2})) / ${unit}`;
}

function rescale(value: string, from: number, to: number): string {
  if (to === from) return value;
  return to > from ? `${value} * ${10 ** (to - from)}` : roundDivide(value, 10 ** (from - to));
}

/** A scaled integer as the text that it means. */
function decimalText(value: string, scale: number): string {
  if (scale === 0) return `cast(${value} as text)`;
  const unit = 10 ** scale;
  // `||` binds more tightly than the other operators.
  const fraction = `substr('${"0".repeat(scale)}' || (abs(${value}) % ${unit}), -${scale})`;
  return `iif(${value} < 0, '-', '') || (abs(${value}) / ${unit}) || '.' || ${fraction}`;
}

function fromDecimal(value: string, from: DecimalType, to: LogicalType): string | undefined {
  const storage = decimalStorage(from);
  if (to.kind === "decimal") {
    const target = decimalStorage(to);
    if (target === "real")
      return storage === "scaled" ? `${value} / ${10 ** from.scale}.0` : `cast(${value} as real)`;
    if (storage === "scaled") {
      const scaled = rescale(value, from.scale, to.scale);
      return target === "scaled" ? scaled : decimalText(`(${scaled})`, to.scale);
    }
    if (storage === "real") return undefined;
    if (target === "scaled")
      return rescale(`cast(replace(${value}, '.', '') as integer)`, from.scale, to.scale);
    if (to.scale < from.scale) return undefined;
    if (to.scale === from.scale) return value;
    const zeros = "0".repeat(to.scale - from.scale);
    return `${value} || '${from.scale === 0 ? "." : ""}${zeros}'`;
  }
  if (to.kind === "double" || to.kind === "real")
    return storage === "scaled" ? `${value} / ${10 ** from.scale}.0` : `cast(${value} as real)`;
  if (to.kind === "text") {
    if (storage === "real") return undefined;
    return storage === "scaled" ? decimalText(value, from.scale) : value;
  }
  if (storage === "scaled") return rescale(value, from.scale, 0);
  return storage === "text" && from.scale === 0 ? `cast(${value} as integer)` : undefined;
}

function fromWhole(value: string, to: LogicalType): string | undefined {
  switch (to.kind) {
    case "decimal": {
      const storage = decimalStorage(to);
      if (storage === "scaled") return rescale(value, 0, to.scale);
      if (storage === "real") return `cast(${value} as real)`;
      return `${value} || '${to.scale === 0 ? "" : `.${"0".repeat(to.scale)}`}'`;
    }
    case "double":
    case "real":
      return `cast(${value} as real)`;
    case "text":
      return `cast(${value} as text)`;
    default:
      return value;
  }
}

/** Microseconds since 1970. */
function microseconds(value: string, type: TimestampType): string {
  switch (instantStorage(type)) {
    case "milliseconds":
      return `${value} * 1000`;
    case "microseconds":
      return value;
    case "seconds":
      return `${value} * 1000000`;
    case "iso":
    case "sql":
      return (
        `unixepoch(substr(${value}, 1, 19)) * 1000000 + ` +
        `cast(substr(rtrim(substr(${value}, 21), 'Z') || '000000', 1, 6) as integer)`
      );
  }
}

function fromMicroseconds(value: string, type: TimestampType): string {
  const { precision } = type;
  const cut = (unit: number): string => (unit === 1 ? value : floorDivide(value, unit));
  switch (instantStorage(type)) {
    case "microseconds":
      return precision === 6 ? value : `(${cut(10 ** (6 - precision))}) * ${10 ** (6 - precision)}`;
    case "milliseconds":
      return precision >= 3
        ? cut(1000)
        : `(${cut(10 ** (6 - precision))}) * ${10 ** (3 - precision)}`;
    case "seconds":
      return cut(1_000_000);
    case "iso":
    case "sql": {
      const [between, end] = instantStorage(type) === "iso" ? ["T", "Z"] : [" ", ""];
      const second = `strftime('%Y-%m-%d${between}%H:%M:%S', ${cut(1_000_000)}, 'unixepoch')`;
      if (precision === 0) return `${second} || '${end}'`;
      const micros = `(((${value}) % 1000000 + 1000000) % 1000000)`;
      return `${second} || '.' || substr(substr('00000' || ${micros}, -6), 1, ${precision}) || '${end}'`;
    }
  }
}

function toTimestamp(value: string, from: LogicalType, to: TimestampType): string | undefined {
  if (from.kind === "date") return fromMicroseconds(`unixepoch(${value}) * 1000000`, to);
  if (from.kind !== "timestamp") return undefined;
  const isKept = instantStorage(from) === instantStorage(to) && to.precision >= from.precision;
  const isText = instantStorage(to) === "iso" || instantStorage(to) === "sql";
  return isKept && (!isText || from.precision === to.precision)
    ? value
    : fromMicroseconds(microseconds(value, from), to);
}

/** An expression over a quoted column; undefined where there is none. */
function convert(value: string, from: LogicalType, to: LogicalType): string | undefined {
  if (to.kind === "timestamp") return toTimestamp(value, from, to);
  switch (from.kind) {
    case "decimal":
      return fromDecimal(value, from, to);
    case "integer":
    case "bigint":
      return fromWhole(value, to);
    case "time": {
      if (to.kind !== "time" || from.precision === to.precision) return value;
      if (to.precision < from.precision)
        return `substr(${value}, 1, ${to.precision === 0 ? 8 : 9 + to.precision})`;
      const zeros = "0".repeat(to.precision - from.precision);
      return `${value} || '${from.precision === 0 ? "." : ""}${zeros}'`;
    }
    default:
      // A strict table takes it, or refuses what isn't of its type.
      return value;
  }
}

function withNewNames(value: string, renamed: readonly Renamed[], out: Writer): string {
  if (renamed.length === 0) return value;
  const { textLiteral } = out.context.spelling;
  const cases = renamed.map(({ from, to }) => `when ${textLiteral(from)} then ${textLiteral(to)}`);
  return `case ${value} ${cases.join(" ")} else ${value} end`;
}

function writeCopied({ column, source, renamed, fallback }: CopiedColumn, out: Writer): void {
  if (source === undefined) {
    writeColumnDefault(fallback, column.type, out);
    return;
  }
  const value = convert(quoteName(source.name, '"'), source.type, column.type);
  if (value === undefined) {
    throw new UnsupportedError({
      dialect: "SQLite",
      feature: `turning "${column.name}" into ${column.type.kind} from ${source.type.kind} as they are stored`,
      instead: "Add a column of another name, copy what is to be kept, and drop this one later.",
    });
  }
  const named = withNewNames(value, renamed, out);
  if (fallback === undefined) {
    out.sql(named);
    return;
  }
  out.sql(`coalesce(${named}, `);
  writeColumnDefault(fallback, column.type, out);
  out.sql(")");
}

/** Keys of deleted rows don't come again. */
function writeCounter({ from, to }: CopyRows, out: Writer): void {
  const { textLiteral } = out.context.spelling;
  out
    .next()
    .sql(`delete from sqlite_sequence where name = ${textLiteral(to)}`)
    .next();
  out.sql(`insert into sqlite_sequence (name, seq) select ${textLiteral(to)}, seq `);
  out.sql(`from sqlite_sequence where name = ${textLiteral(from)}`);
}

export function writeCopy(change: CopyRows, out: Writer): void {
  out.sql("insert into ").id(change.to).sql(" ");
  out.idList(change.columns.map(({ column }) => column.name)).sql("\nselect ");
  out.list(change.columns, (column) => writeCopied(column, out));
  out.sql("\nfrom ").id(change.from);
  if (change.hasCounter) writeCounter(change, out);
}
