import type { AnyExpression, Condition } from "../../ast/expression.ts";
import { BuildError } from "../../core/error.ts";
import { combined } from "../read/select.ts";

/** A condition that says nothing would write every row, so it is refused; `.all()` says that every row is meant. */
export function requireCondition(condition: Condition): AnyExpression {
  const where = combined(undefined, condition, "where");
  if (where !== undefined) return where;
  throw new BuildError(
    "E_NO_CONDITION",
    "Every operand of the condition was left out, so the write would hit every row.",
    {
      hint: "Call .all() instead of .where(…) if that is meant.",
    },
  );
}
