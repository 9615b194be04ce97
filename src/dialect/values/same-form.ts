import type { AnyExpression } from "../../ast/expression.ts";
import { typeOf } from "../../ast/type-of.ts";
import { UnsupportedError } from "../../core/error.ts";
import type { Writer } from "../sql/writer.ts";

/**
 * Refuses to compare columns that keep the same values in different forms, such as UUIDs as text and as bytes, or to take
 * one for the other: a database would find none of them equal, and give values that are others.
 */
export function requireSameForm(left: AnyExpression, right: AnyExpression, out: Writer): void {
  const [one, other] = [typeOf(left), typeOf(right)];
  if (one === undefined || other === undefined || one === other || one.kind !== other.kind) return;
  const { formOf } = out.context.types;
  if (formOf?.(one) === formOf?.(other)) return;
  throw new UnsupportedError({
    dialect: "Plinth",
    feature: `comparing or mixing ${one.kind} columns that are stored in different ways`,
    instead: "Give both the same storage, and on SQLite the same digits after the point.",
  });
}

/** Refuses them in a list of which one is taken, as by `coalesce`. */
export function requireOneForm(expressions: readonly AnyExpression[], out: Writer): void {
  for (const other of expressions.slice(1)) requireSameForm(expressions[0]!, other, out);
}
