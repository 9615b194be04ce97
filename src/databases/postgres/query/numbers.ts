import type { AnyExpression, CallNode } from "../../../ast/expression.ts";
import { nodeOf } from "../../../ast/expression.ts";
import type { NumberFunctionName } from "../../../ast/function-name.ts";
import { typeOf } from "../../../ast/type-of.ts";
import type { CallRules } from "../../../dialect/sql/rules.ts";
import { writeOperand } from "../../../dialect/sql/standard-query.ts";
import { requireOneForm } from "../../../dialect/values/same-form.ts";
import type { Writer } from "../../../dialect/sql/writer.ts";
import { elementType } from "../types.ts";

type Call = CallNode<unknown, string>;

/** A value told what it is, where it stands beside nothing that tells it. */
export function writeTyped(expression: AnyExpression, out: Writer): void {
  const node = nodeOf(expression);
  if (node.kind !== "parameter" || node.type === undefined) writeOperand(expression, out);
  else
    out
      .sql("cast(")
      .expression(node)
      .sql(` as ${elementType(node.type)})`);
}

/** The server makes an error of a division by zero. */
function writeDivisor(divisor: AnyExpression, out: Writer): void {
  out.sql("nullif(");
  writeTyped(divisor, out);
  out.sql(", 0)");
}

/** `div` truncates exactly; a quotient by `/` is rounded to some digits first. */
function writeDivide({ arguments: [left, right], type }: Call, out: Writer): void {
  if (type?.kind !== "decimal") {
    out.sql("(");
    writeTyped(left!, out);
    out.sql(" / ");
    writeDivisor(right!, out);
    out.sql(")");
    return;
  }
  const { scale } = type;
  out.sql("(div(");
  writeTyped(left!, out);
  out.sql(` * 1${"0".repeat(scale)}, `);
  writeDivisor(right!, out);
  out.sql(`)${scale === 0 ? "" : ` * 0.${"0".repeat(scale - 1)}1`})`);
}

/** Half goes away from zero; the server's own function takes a floating-point number's half to the even. */
function writeRound({ arguments: [value], option, type }: Call, out: Writer): void {
  if (type?.kind === "decimal") {
    out.sql("round(").expression(value!).sql(`, ${option})`);
    return;
  }
  const rest = (): void => {
    writeOperand(value!, out);
    out.sql(" - trunc(").expression(value!).sql(")");
  };
  out.sql("(trunc(").expression(value!).sql(") + case when ");
  rest();
  out.sql(" >= 0.5 then 1 when ");
  rest();
  out.sql(" <= -0.5 then -1 else 0 end)");
}

/** The server leaves NULLs out. */
function writeExtreme(node: Call, out: Writer): void {
  requireOneForm(node.arguments, out);
  const isText = typeOf(node)?.kind === "text";
  out.sql("case when ").list(
    node.arguments,
    (part) => {
      writeTyped(part, out);
      out.sql(" is not null");
    },
    " and ",
  );
  out.sql(` then ${node.name}(`).list(node.arguments, (part) => writeTyped(part, out));
  out.sql(isText ? ') collate "C" end' : ") end");
}

function writePlain(before: string, { arguments: [value] }: Call, out: Writer): void {
  out.sql(before);
  writeOperand(value!, out);
  out.sql(")");
}

export const postgresNumbers: CallRules<NumberFunctionName> = {
  abs: (node, out) => writePlain("abs(", node, out),
  negate: (node, out) => writePlain("(- ", node, out),
  ceil: (node, out) => writePlain("ceil(", node, out),
  floor: (node, out) => writePlain("floor(", node, out),
  divide: writeDivide,
  round: writeRound,
  greatest: writeExtreme,
  least: writeExtreme,

  modulo({ arguments: [left, right] }, out) {
    out.sql("(");
    writeTyped(left!, out);
    out.sql(" % ");
    writeDivisor(right!, out);
    out.sql(")");
  },

  random(_node, out) {
    out.sql("random()");
  },
};
