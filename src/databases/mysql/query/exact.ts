import { nodeOf, type AnyExpression } from "../../../ast/expression.ts";
import type { LogicalType } from "../../../ast/logical-type.ts";
import { writeOperand } from "../../../dialect/sql/standard-query.ts";
import type { Writer } from "../../../dialect/sql/writer.ts";

/** A decimal is bound as text, and text is compared with a DECIMAL as floating-point numbers: not exactly. */
export function bindExactly(type: LogicalType | undefined, out: Writer, bind: () => void): void {
  if (type?.kind !== "decimal") {
    bind();
    return;
  }
  out.sql("cast(");
  bind();
  out.sql(` as decimal(${type.precision}, ${type.scale}))`);
}

/** A value so, and anything else as it is. */
export function writeExactly(expression: AnyExpression, out: Writer): void {
  const node = nodeOf(expression);
  if (node.kind !== "parameter") out.expression(expression);
  else bindExactly(node.type, out, () => out.parameter(node));
}

/** As `writeExactly`, in parentheses where it needs them. */
export function writeExact(expression: AnyExpression, out: Writer): void {
  if (nodeOf(expression).kind === "parameter") writeExactly(expression, out);
  else writeOperand(expression, out);
}

/** A value told what it is, where it stands beside nothing that tells it. */
export function writeTyped(expression: AnyExpression, out: Writer): void {
  const node = nodeOf(expression);
  const type = node.kind === "parameter" ? node.type : undefined;
  const name =
    type?.kind === "timestamp" ? "datetime(6)" : type?.kind === "time" ? "time(6)" : undefined;
  if (name !== undefined) out.sql("cast(").expression(node).sql(` as ${name})`);
  else if (type?.kind === "date") out.sql("cast(").expression(node).sql(" as date)");
  else writeExactly(expression, out);
}
