/**
 * Instants as SQLite's functions for dates take them: whole seconds since 1970, or text up to the second. What comes out is
 * stored as the type says.
 */

import type { AnyExpression, CallNode } from "../../../ast/expression.ts";
import type { InstantFunctionName } from "../../../ast/function-name.ts";
import type { TimestampType } from "../../../ast/logical-type.ts";
import { typeOf } from "../../../ast/type-of.ts";
import type { CallRules } from "../../../dialect/sql/rules.ts";
import type { Writer } from "../../../dialect/sql/writer.ts";
import { writeWhole } from "./decimals.ts";
import { instantStorage } from "../types.ts";

type Call = CallNode<unknown, string>;

const SECOND_UNITS = { microseconds: 1_000_000, milliseconds: 1_000, seconds: 1 } as const;
const UNIT_SECONDS: Readonly<Record<string, number>> = {
  // Only of instants that are stored in milliseconds or finer.
  millisecond: 0.001,
  second: 1,
  minute: 60,
  hour: 3_600,
  day: 86_400,
  week: 604_800,
};

/** How many of what is stored are a second; undefined for texts. */
function unitsOf(type: TimestampType): number | undefined {
  const storage = instantStorage(type);
  return storage === "iso" || storage === "sql" ? undefined : SECOND_UNITS[storage];
}

function timestampOf(expression: AnyExpression): TimestampType | undefined {
  const type = typeOf(expression);
  return type?.kind === "timestamp" ? type : undefined;
}

/** The part of a number of units that is below the second, counted from the second before. */
function writeBelowSecond(value: AnyExpression, units: number, out: Writer): void {
  out.sql("((").expression(value).sql(` % ${units} + ${units}) % ${units})`);
}

/** The first arguments of `strftime` and the like. */
function writeMoment(value: AnyExpression, out: Writer): void {
  const type = timestampOf(value);
  const units = type && unitsOf(type);
  if (type === undefined) out.expression(value);
  else if (units === undefined) out.sql("substr(").expression(value).sql(", 1, 19)");
  else if (units === 1) out.expression(value).sql(", 'unixepoch'");
  else {
    out.sql("(").expression(value).sql(" - ");
    writeBelowSecond(value, units, out);
    out.sql(`) / ${units}, 'unixepoch'`);
  }
}

function writeFormatted(format: string, value: AnyExpression, out: Writer): void {
  out.sql(`cast(strftime('${format}', `);
  writeMoment(value, out);
  out.sql(") as integer)");
}

const FORMATS: Readonly<Record<string, string>> = {
  year: "%Y",
  month: "%m",
  day: "%d",
  hour: "%H",
  minute: "%M",
  second: "%S",
};

function writePart({ arguments: [value], option }: Call, out: Writer): void {
  if (option === "quarter") {
    out.sql("((");
    writeFormatted("%m", value!, out);
    out.sql(" + 2) / 3)");
  } else if (option === "dayOfWeek") {
    // Its own count begins with Sunday, 0.
    out.sql("((");
    writeFormatted("%w", value!, out);
    out.sql(" + 6) % 7 + 1)");
  } else writeFormatted(FORMATS[option!]!, value!, out);
}

/**
 * What `strftime` makes of a moment, as the type stores it. `fraction` is what stands behind the second in a text, and
 * writes what is below the second to a number.
 */
function writeStored(
  type: TimestampType | undefined,
  write: (format: string) => void,
  fraction: { text(): void; number(units: number): void },
  out: Writer,
): void {
  const units = type && unitsOf(type);
  if (type === undefined) write("%Y-%m-%d");
  else if (units !== undefined) {
    out.sql("(cast(");
    write("%s");
    out.sql(` as integer)${units === 1 ? "" : ` * ${units}`}`);
    fraction.number(units);
    out.sql(")");
  } else {
    out.sql("(");
    write(instantStorage(type) === "iso" ? "%Y-%m-%dT%H:%M:%S" : "%Y-%m-%d %H:%M:%S");
    fraction.text();
    out.sql(")");
  }
}

const CUTS: Readonly<Record<string, string>> = {
  year: "%Y-01-01",
  month: "%Y-%m-01",
  day: "%Y-%m-%d",
  hour: "%Y-%m-%d %H:00:00",
  minute: "%Y-%m-%d %H:%M:00",
  second: "%Y-%m-%d %H:%M:%S",
};

/** The text of the unit's beginning. */
function writeCut(value: AnyExpression, unit: string, out: Writer): void {
  const cut = CUTS[unit];
  if (cut !== undefined) {
    out.sql(`strftime('${cut}', `);
    writeMoment(value, out);
    out.sql(")");
    return;
  }
  const isWeek = unit === "week";
  out.sql("date(");
  writeMoment(value, out);
  out.sql(isWeek ? ", '-' || ((" : ", 'start of month', '-' || ((");
  writeFormatted(isWeek ? "%w" : "%m", value, out);
  out.sql(isWeek ? " + 6) % 7) || ' days')" : " + 2) % 3) || ' months')");
}

/** What stands behind a whole second: SQLite's own form has no zeros there, ISO 8601 those of the precision. */
function zeros(type: TimestampType): string {
  if (instantStorage(type) === "sql") return "";
  const digits = type.mode === "date" ? 3 : type.precision;
  return `${digits === 0 ? "" : `.${"0".repeat(digits)}`}Z`;
}

function writeTrunc({ arguments: [value], option }: Call, out: Writer): void {
  const type = timestampOf(value!);
  writeStored(
    type,
    (format) => {
      out.sql(`strftime('${format}', `);
      writeCut(value!, option!, out);
      out.sql(")");
    },
    { text: () => out.sql(` || '${zeros(type!)}'`), number: () => undefined },
    out,
  );
}

/** `'floor'` takes the last day of a month that is too short. */
function writeMoved(
  { arguments: [value, amount], option }: Call,
  format: string,
  out: Writer,
): void {
  const [factor, unit] =
    option === "quarter" ? [3, "month"] : option === "week" ? [7, "day"] : [1, option!];
  out.sql(`strftime('${format}', `);
  writeMoment(value!, out);
  out.sql(", (");
  writeWhole(amount!, out);
  out.sql(` * ${factor}) || ' ${unit}s', 'floor')`);
}

function writeAdd(node: Call, out: Writer): void {
  const {
    arguments: [value, amount],
    option,
  } = node;
  const type = timestampOf(value!);
  const seconds = UNIT_SECONDS[option!];
  const units = type && unitsOf(type);
  if (units !== undefined && seconds !== undefined) {
    out.sql("(").expression(value!).sql(" + ");
    writeWhole(amount!, out);
    out.sql(` * ${seconds * units})`);
    return;
  }
  writeStored(
    type,
    (format) => writeMoved(node, format, out),
    {
      text: () => out.sql(" || substr(").expression(value!).sql(", 20)"),
      number: (each) => {
        if (each === 1) return;
        out.sql(" + ");
        writeBelowSecond(value!, each, out);
      },
    },
    out,
  );
}

/** Since 1970, in microseconds; a day at its beginning. */
function writeMicroseconds(value: AnyExpression, out: Writer): void {
  const type = timestampOf(value);
  const units = type && unitsOf(type);
  if (units !== undefined) {
    out.sql("(");
    writeWhole(value, out);
    out.sql(` * ${1_000_000 / units})`);
    return;
  }
  out.sql("(");
  writeFormatted("%s", value, out);
  out.sql(" * 1000000");
  if (type !== undefined) {
    out.sql(" + cast(substr(replace(substr(").expression(value);
    out.sql(", 21), 'Z', '') || '000000', 1, 6) as integer)");
  }
  out.sql(")");
}

export const sqliteInstants: CallRules<InstantFunctionName> = {
  datePart: writePart,
  dateTrunc: writeTrunc,
  dateAdd: writeAdd,

  dateDiff({ arguments: [later, earlier], option }, out) {
    out.sql("((");
    writeMicroseconds(later!, out);
    out.sql(" - ");
    writeMicroseconds(earlier!, out);
    out.sql(`) / ${UNIT_SECONDS[option!]! * 1_000_000})`);
  },
};
