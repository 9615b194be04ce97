/** The terms of an order. */

import { Expression, type AnyExpression } from "../ast/expression.ts";
import type { OrderTerm, SelectStatement } from "../ast/statement.ts";
import { InvalidValueError } from "../core/error.ts";

/** An expression with its direction. NULLs are smallest unless it says otherwise. */
export class Ordering implements OrderTerm {
  readonly expression: AnyExpression;
  readonly direction: "asc" | "desc";
  readonly nulls: "first" | "last" | undefined;

  constructor(expression: AnyExpression, direction: "asc" | "desc", nulls?: "first" | "last") {
    this.expression = expression;
    this.direction = direction;
    // What is said of the usual place is no other shape, and no other index.
    this.nulls = nulls === (direction === "asc" ? "first" : "last") ? undefined : nulls;
  }

  /** Puts NULLs before everything else. */
  nullsFirst(): Ordering {
    return new Ordering(this.expression, this.direction, "first");
  }

  /** Puts NULLs behind everything else. */
  nullsLast(): Ordering {
    return new Ordering(this.expression, this.direction, "last");
  }
}

/** Ascending: NULLs come first. */
export function asc(expression: AnyExpression): Ordering {
  return new Ordering(expression, "asc");
}

/** Descending: NULLs come last. */
export function desc(expression: AnyExpression): Ordering {
  return new Ordering(expression, "desc");
}

/**
 * The query with terms behind those that it has.
 *
 * @throws {InvalidValueError} for what is no term, such as a column's name.
 */
export function inOrder(
  statement: SelectStatement,
  terms: readonly (OrderTerm | AnyExpression)[],
): SelectStatement {
  const added = terms.map((term) => {
    if (term instanceof Expression) return asc(term);
    if (Object(term).expression instanceof Expression) return term;
    throw new InvalidValueError("An order takes columns, asc(…) or desc(…).");
  });
  return { ...statement, orderBy: [...statement.orderBy, ...added] };
}
