import type { AnyExpression, CallNode } from "../../../ast/expression.ts";
import type { InstantFunctionName } from "../../../ast/function-name.ts";
import type { LogicalType } from "../../../ast/logical-type.ts";
import type { CallRules } from "../../../dialect/sql/rules.ts";
import { writeOperand } from "../../../dialect/sql/standard-query.ts";
import type { Writer } from "../../../dialect/sql/writer.ts";
import { writeTyped } from "./exact.ts";

type Call = CallNode<unknown, string>;

function typeName(type: LogicalType | undefined): string {
  return type?.kind === "timestamp" ? `datetime(${type.precision})` : "date";
}

function writePart({ arguments: [value], option }: Call, out: Writer): void {
  // Its own count begins with Monday, 0.
  if (option === "dayOfWeek") out.sql("(weekday(").expression(value!).sql(") + 1)");
  else out.sql(`${option}(`).expression(value!).sql(")");
}

const CUTS: Readonly<Record<string, string>> = {
  year: "%Y-01-01",
  month: "%Y-%m-01",
  day: "%Y-%m-%d",
  hour: "%Y-%m-%d %H:00:00",
  minute: "%Y-%m-%d %H:%i:00",
  second: "%Y-%m-%d %H:%i:%s",
};

function writeBeginning(value: AnyExpression, unit: string, out: Writer): void {
  const cut = CUTS[unit];
  if (cut !== undefined) out.sql("date_format(").expression(value).sql(`, '${cut}')`);
  else if (unit === "week") {
    out
      .sql("(date(")
      .expression(value)
      .sql(") - interval weekday(")
      .expression(value)
      .sql(") day)");
  } else {
    out.sql("(date(date_format(").expression(value).sql(", '%Y-01-01')) + interval (quarter(");
    out.expression(value).sql(") - 1) quarter)");
  }
}

const MICROSECONDS: Readonly<Record<string, number>> = {
  second: 1_000_000,
  minute: 60_000_000,
  hour: 3_600_000_000,
  day: 86_400_000_000,
  week: 604_800_000_000,
};

export const mysqlInstants: CallRules<InstantFunctionName> = {
  datePart: writePart,

  dateTrunc({ arguments: [value], option, type }, out) {
    out.sql("cast(");
    writeBeginning(value!, option!, out);
    out.sql(` as ${typeName(type)})`);
  },

  dateAdd({ arguments: [value, amount], option }, out) {
    out.sql("(");
    writeOperand(value!, out);
    out.sql(" + interval ");
    if (option === "millisecond") out.sql("1000 * ").expression(amount!).sql(" microsecond)");
    else out.expression(amount!).sql(` ${option})`);
  },

  dateDiff({ arguments: [later, earlier], option }, out) {
    out.sql("(timestampdiff(microsecond, ");
    writeTyped(earlier!, out);
    out.sql(", ");
    writeTyped(later!, out);
    out.sql(`) div ${MICROSECONDS[option!]})`);
  },
};
