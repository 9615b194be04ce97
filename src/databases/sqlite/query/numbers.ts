import type { AnyExpression, CallNode } from "../../../ast/expression.ts";
import type { NumberFunctionName } from "../../../ast/function-name.ts";
import type { CallRules } from "../../../dialect/sql/rules.ts";
import { requireSameForm } from "../../../dialect/values/same-form.ts";
import type { Writer } from "../../../dialect/sql/writer.ts";
import { checkDecimals, decimalOf, refuseWideDecimal, writeWhole } from "./decimals.ts";
import { rangeCheck } from "../ddl/ranges.ts";
import { decimalStorage } from "../types.ts";

type Call = CallNode<unknown, string>;

function powerOfTen(digits: number): string {
  return `1${"0".repeat(digits)}`;
}

/** Digits after the point of a decimal that is stored as a whole number; undefined for other numbers. */
function scaleOf(expression: AnyExpression): number | undefined {
  const decimal = decimalOf(expression);
  if (decimal === undefined) return undefined;
  const storage = decimalStorage(decimal);
  if (storage === "text") refuseWideDecimal();
  return storage === "scaled" ? decimal.scale : undefined;
}

/** Of a decimal that a database of others keeps as a floating-point number: digits after the point. */
function realScaleOf(expression: AnyExpression): number | undefined {
  const decimal = decimalOf(expression);
  return decimal !== undefined && decimalStorage(decimal) === "real" ? decimal.scale : undefined;
}

/** What a quotient is cut to is rounded first, by as much as floating-point numbers are off. */
function writeRealQuotient(
  [left, right]: readonly AnyExpression[],
  unit: string,
  out: Writer,
): void {
  out.sql("(trunc(round((").expression(left!).sql(`) * ${unit}.0 / (`).expression(right!);
  out.sql(`), 6)) / ${unit}.0)`);
}

/** With `/` and `%` whole numbers truncate, and by 0 they give NULL. */
function writeDivide({ arguments: [left, right] }: Call, out: Writer): void {
  const realScale = realScaleOf(left!);
  if (realScale !== undefined) {
    writeRealQuotient([left!, right!], powerOfTen(realScale), out);
    return;
  }
  const divisorScale = scaleOf(right!) ?? 0;
  const isScaled = scaleOf(left!) !== undefined;
  const isGrown = isScaled && divisorScale > 0;
  out.sql(isGrown ? `(${rangeCheck(64)}(` : "(");
  writeWhole(left!, out);
  if (isGrown) out.sql(` * ${powerOfTen(divisorScale)})`);
  out.sql(" / ");
  writeWhole(right!, out);
  out.sql(")");
}

function writeModulo({ arguments: [left, right] }: Call, out: Writer): void {
  const realScale = realScaleOf(left!);
  if (realScale !== undefined) {
    out.sql("round((").expression(left!).sql(") - (").expression(right!).sql(") * ");
    writeRealQuotient([left!, right!], "1", out);
    out.sql(`, ${realScale})`);
    return;
  }
  const scale = scaleOf(left!) ?? 0;
  const isWhole = decimalOf(right!) === undefined;
  if (!isWhole) checkDecimals(left!, right!);
  const isGrown = isWhole && scale > 0;
  out.sql("(");
  writeWhole(left!, out);
  out.sql(isGrown ? ` % ${rangeCheck(64)}(` : " % (");
  writeWhole(right!, out);
  if (isGrown) out.sql(` * ${powerOfTen(scale)}`);
  out.sql("))");
}

/** What is added to a truncated number: the condition on what was cut, and the sign. */
const STEPS: Readonly<Record<"ceil" | "floor" | "round", readonly (readonly [string, string])[]>> =
  {
    ceil: [["> 0", "+"]],
    floor: [["< 0", "-"]],
    round: [
      [">= half", "+"],
      ["<= -half", "-"],
    ],
  };

/** A decimal by the rest that its whole number leaves; a floating-point number by its fraction. */
function writeRounded(node: Call, name: "ceil" | "floor" | "round", out: Writer): void {
  const [value] = node.arguments;
  const scale = scaleOf(value!);
  if (realScaleOf(value!) !== undefined && name === "round") {
    out.sql("round(").expression(value!).sql(`, ${node.option})`);
    return;
  }
  const cut = (scale ?? 0) - Number(node.option ?? 0);
  if (scale !== undefined && cut === 0) {
    out.expression(value!);
    return;
  }
  const unit = scale === undefined ? "1" : powerOfTen(cut);
  const half = scale === undefined ? "0.5" : `5${"0".repeat(cut - 1)}`;
  const write = (): Writer => out.sql("(").expression(value!).sql(")");
  const writeRest = (): void => {
    write().sql(scale === undefined ? " - trunc(" : ` % ${unit}`);
    if (scale === undefined) write().sql(")");
  };
  out.sql("(");
  if (scale === undefined) {
    out.sql("trunc(");
    write().sql(")");
  } else {
    write().sql(" - ");
    writeRest();
  }
  out.sql(" + case ");
  for (const [test, sign] of STEPS[name]) {
    out.sql("when ");
    writeRest();
    out.sql(` ${test.replace("half", half)} then ${sign}${unit} `);
  }
  out.sql("else 0 end)");
}

function writeExtreme(name: "max" | "min", node: Call, out: Writer): void {
  for (const part of node.arguments) {
    checkDecimals(node.arguments[0]!, part);
    requireSameForm(node.arguments[0]!, part, out);
  }
  out
    .sql(`${name}(`)
    .list(node.arguments, (part) => writeWhole(part, out))
    .sql(")");
}

function writePlain(before: string, { arguments: [value] }: Call, out: Writer): void {
  scaleOf(value!);
  out.sql(before).expression(value!).sql(")");
}

export const sqliteNumbers: CallRules<NumberFunctionName> = {
  abs: (node, out) => writePlain("abs(", node, out),
  negate: (node, out) => writePlain("(-", node, out),
  divide: writeDivide,
  modulo: writeModulo,
  ceil: (node, out) => writeRounded(node, "ceil", out),
  floor: (node, out) => writeRounded(node, "floor", out),
  round: (node, out) => writeRounded(node, "round", out),
  greatest: (node, out) => writeExtreme("max", node, out),
  least: (node, out) => writeExtreme("min", node, out),

  random(_node, out) {
    out.sql("((random() & 9007199254740991) / 9007199254740992.0)");
  },
};
