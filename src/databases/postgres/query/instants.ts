/** In UTC, whatever the session's time zone is. */

import { typeOf } from "../../../ast/type-of.ts";
import type { AnyExpression, CallNode } from "../../../ast/expression.ts";
import type { InstantFunctionName } from "../../../ast/function-name.ts";
import type { CallRules } from "../../../dialect/sql/rules.ts";
import { writeOperand } from "../../../dialect/sql/standard-query.ts";
import type { Writer } from "../../../dialect/sql/writer.ts";
import { writeTyped } from "./numbers.ts";

type Call = CallNode<unknown, string>;

function isDay(expression: AnyExpression): boolean {
  return typeOf(expression)?.kind === "date";
}

/** The time on a clock in UTC. */
function writeClock(value: AnyExpression, out: Writer): void {
  out.sql("(");
  writeOperand(value, out);
  out.sql(isDay(value) ? "::timestamp)" : " at time zone 'UTC')");
}

/** A time on a clock in UTC as the type of the value. */
function writeFromClock(value: AnyExpression, out: Writer, write: () => void): void {
  out.sql(isDay(value) ? "cast(" : "(");
  write();
  out.sql(isDay(value) ? " as date)" : " at time zone 'UTC')");
}

const INTERVALS: Readonly<Record<string, string>> = {
  millisecond: "secs => 0.001 * ",
  second: "secs => ",
  minute: "mins => ",
  hour: "hours => ",
  day: "days => ",
  week: "weeks => ",
  month: "months => ",
  quarter: "months => 3 * ",
  year: "years => ",
};

const SECONDS: Readonly<Record<string, number>> = {
  second: 1,
  minute: 60,
  hour: 3_600,
  day: 86_400,
  week: 604_800,
};

function writeDiff({ arguments: [later, earlier], option }: Call, out: Writer): void {
  if (isDay(later!)) {
    out.sql("((");
    writeTyped(later!, out);
    out.sql(" - ");
    writeTyped(earlier!, out);
    out.sql(`) / ${option === "week" ? 7 : 1})::bigint`);
    return;
  }
  // Of numeric, so that the microseconds are exact.
  out.sql("cast(div(extract(epoch from ");
  writeTyped(later!, out);
  out.sql(")::numeric - extract(epoch from ");
  writeTyped(earlier!, out);
  out.sql(`)::numeric, ${SECONDS[option!]}) as bigint)`);
}

export const postgresInstants: CallRules<InstantFunctionName> = {
  datePart({ arguments: [value], option }, out) {
    out.sql(`cast(floor(extract(${option === "dayOfWeek" ? "isodow" : option} from `);
    writeClock(value!, out);
    out.sql(")) as integer)");
  },

  dateTrunc({ arguments: [value], option }, out) {
    writeFromClock(value!, out, () => {
      out.sql(`date_trunc('${option}', `);
      writeClock(value!, out);
      out.sql(")");
    });
  },

  dateAdd({ arguments: [value, amount], option }, out) {
    writeFromClock(value!, out, () => {
      out.sql("(");
      writeClock(value!, out);
      out.sql(` + make_interval(${INTERVALS[option!]}`);
      writeTyped(amount!, out);
      out.sql("))");
    });
  },

  dateDiff: writeDiff,
};
