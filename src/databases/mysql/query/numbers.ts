/** MariaDB knows a decimal -0.00 that is not 0.00; what is added to 0 is none. */

import type { CallNode } from "../../../ast/expression.ts";
import type { NumberFunctionName } from "../../../ast/function-name.ts";
import type { CallRules } from "../../../dialect/sql/rules.ts";
import { writeOperand } from "../../../dialect/sql/standard-query.ts";
import { requireOneForm } from "../../../dialect/values/same-form.ts";
import type { Writer } from "../../../dialect/sql/writer.ts";
import { writeExact, writeTyped } from "./exact.ts";

type Call = CallNode<unknown, string>;

/** `div` truncates exactly; a quotient by `/` is rounded to four more digits. By zero both give NULL in Plinth's session. */
function writeDivide({ arguments: [left, right], type }: Call, out: Writer): void {
  const scale = type?.kind === "decimal" ? type.scale : 0;
  out.sql("((");
  writeExact(left!, out);
  if (scale > 0) out.sql(` * 1${"0".repeat(scale)}`);
  out.sql(type?.kind === "double" ? " / " : " div ");
  writeExact(right!, out);
  out.sql(")");
  if (scale > 0) out.sql(` * 0.${"0".repeat(scale - 1)}1`);
  out.sql(")");
}

/** A decimal keeps the digits of its type, whatever the function gives. */
function writeRounded(name: string, node: Call, out: Writer): void {
  const { type, option } = node;
  if (type?.kind !== "decimal") {
    if (name === "round") writeRoundedDouble(node, out);
    else out.sql(`${name}(`).expression(node.arguments[0]!).sql(")");
    return;
  }
  out.sql(`cast(${name}(`).expression(node.arguments[0]!);
  if (name === "round") out.sql(`, ${option}`);
  out.sql(`) + 0 as decimal(${type.precision}, ${type.scale}))`);
}

/** Half goes away from zero; what the server does with a floating-point number's half depends on its C library. */
function writeRoundedDouble({ arguments: [value] }: Call, out: Writer): void {
  const rest = (): void => {
    writeOperand(value!, out);
    out.sql(" - truncate(").expression(value!).sql(", 0)");
  };
  out.sql("(truncate(").expression(value!).sql(", 0) + case when ");
  rest();
  out.sql(" >= 0.5 then 1 when ");
  rest();
  out.sql(" <= -0.5 then -1 else 0 end)");
}

function writePlain(before: string, { arguments: [value] }: Call, out: Writer): void {
  out.sql(before);
  writeOperand(value!, out);
  out.sql(")");
}

function writeExtreme(node: Call, out: Writer): void {
  requireOneForm(node.arguments, out);
  out
    .sql(`${node.name}(`)
    .list(node.arguments, (part) => writeTyped(part, out))
    .sql(")");
}

export const mysqlNumbers: CallRules<NumberFunctionName> = {
  abs: (node, out) => writePlain("abs(", node, out),
  // Of the smallest whole number MariaDB takes 0 - x for x, and no error (seen in 10.11).
  negate: (node, out) => writePlain(node.type?.kind === "decimal" ? "(0 - " : "(-", node, out),
  ceil: (node, out) => writeRounded("ceiling", node, out),
  floor: (node, out) => writeRounded("floor", node, out),
  round: (node, out) => writeRounded("round", node, out),
  divide: writeDivide,
  greatest: writeExtreme,
  least: writeExtreme,

  modulo({ arguments: [left, right] }, out) {
    out.sql("(");
    writeExact(left!, out);
    out.sql(" % ");
    writeExact(right!, out);
    out.sql(" + 0)");
  },

  random(_node, out) {
    out.sql("rand()");
  },
};
