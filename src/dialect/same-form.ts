import type { AnyExpression } from "../ast/expression.ts";
import { typeOf } from "../ast/type-of.ts";
import { UnsupportedError } from "../core/error.ts";
import type { Writer } from "./writer.ts";

/**
 * Refuses to compare columns that keep the same values in different forms, such as UUIDs as text and as bytes: a database
 * would find none of them equal.
 */
export function requireSameForm(left: AnyExpression, right: AnyExpression, out: Writer): void {
  const [one, other] = [typeOf(left), typeOf(right)];
  if (one === undefined || other === undefined || one === other || one.kind !== other.kind) return;
  const { formOf } = out.context.types;
  if (formOf?.(one) === formOf?.(other)) return;
  throw new UnsupportedError({
    dialect: "Plinth",
    feature: `comparing ${one.kind} columns that are stored in different ways`,
    instead: "Give both the same storage (and, for timestamps on SQLite, the same precision).",
  });
}
