/** The order of a walk from page to page: complete, so that no two rows are equal in it. */

import { FragmentNode, type AnyExpression } from "../../ast/expression.ts";
import { intern, type LogicalType } from "../../ast/logical-type.ts";
import { canBeNull, nullableSources } from "../../ast/nullable.ts";
import type { OrderTerm, SelectStatement } from "../../ast/statement.ts";
import { refuseSealed } from "../../ast/sealed.ts";
import { typeOf } from "../../ast/type-of.ts";
import { selectedPlace } from "../../ast/walk.ts";
import { BuildError, UnsupportedError } from "../../core/error.ts";
import { Ordering } from "../order.ts";
import { uniqueKeysOf } from "./unique-key.ts";

/** One term of an order, and what a cursor has to know of it. */
export interface KeyTerm {
  readonly expression: AnyExpression;
  readonly direction: "asc" | "desc";
  /** Where NULLs stand. */
  readonly nulls: "first" | "last";
  readonly canBeNull: boolean;
  /** That of the value in a cursor: of an instant the text, which has all its digits. */
  readonly type: LogicalType;
}

/** What joins an order's terms to their rows: the order given, and behind it what makes it complete. */
function completedOrder(statement: SelectStatement): readonly OrderTerm[] | undefined {
  const keys = uniqueKeysOf(statement);
  if (keys === undefined) return undefined;
  const given = distinctTerms(statement.orderBy);
  const ordered = new Set(given.map(({ expression }) => expression));
  // As the last term goes, so that an index of both is read in one direction.
  const direction = given.at(-1)?.direction ?? "asc";
  const missing = new Set<AnyExpression>();
  for (const { alternatives, columns } of keys) {
    if (alternatives.some((column) => ordered.has(column))) continue;
    for (const column of columns) if (!ordered.has(column)) missing.add(column);
  }
  return [...given, ...[...missing].map((column) => new Ordering(column, direction))];
}

/** The order of pages by their numbers: complete where that can be, else as it was given. */
export function stableOrder(statement: SelectStatement): readonly OrderTerm[] {
  const given = statement.orderBy;
  const order = completedOrder(statement);
  const canStand = order
    ?.filter((term) => !given.includes(term))
    .every(({ expression }) => {
      const kind = typeOf(expression)?.kind;
      if (kind !== undefined && kind in UNORDERED) return false;
      if (expression.kind === "column") return true;
      if (kind === "enum") return false;
      return expression.kind === "output" || selectedPlace(statement.selection, expression) !== -1;
    });
  return canStand === true ? order! : given;
}

/** A term whose expression came before says nothing. */
function distinctTerms(terms: readonly OrderTerm[]): readonly OrderTerm[] {
  const seen = new Set<AnyExpression>();
  return terms.filter(({ expression }) => {
    if (seen.has(expression)) return false;
    seen.add(expression);
    return true;
  });
}

/**
 * @param isUnique Whether the order given tells rows apart already.
 * @throws {BuildError} `E_UNKNOWN_COLUMN` where nothing is known that tells the rows apart.
 */
export function keyTermsOf(statement: SelectStatement, isUnique: boolean): readonly KeyTerm[] {
  const order = isUnique ? distinctTerms(statement.orderBy) : completedOrder(statement);
  if (order === undefined) {
    throw new BuildError(
      "E_UNKNOWN_COLUMN",
      "Nothing is known that tells this query's rows apart.",
      {
        hint: "Read tables with a primary key, and select the keys; or say that no two rows are equal in the order: { unique: true }.",
      },
    );
  }
  if (order.length === 0)
    throw new BuildError("E_UNFINISHED", "keyset() needs an order.", {
      hint: "Such as [desc(users.createdAt)].",
    });
  const missing = nullableSources(statement);
  return order.map(({ direction, expression, nulls }) => ({
    expression,
    direction,
    nulls: nulls ?? (direction === "asc" ? "first" : "last"),
    canBeNull: canBeNull(expression, missing),
    type: cursorTypeOf(expression),
  }));
}

const UNORDERED: Readonly<Partial<Record<LogicalType["kind"], string>>> = {
  array: "an array",
  custom: "a custom type",
  json: "JSON",
};

function cursorTypeOf(expression: AnyExpression): LogicalType {
  const type = typeOf(expression);
  if (type === undefined) {
    throw new UnsupportedError({
      dialect: "Plinth",
      feature: "keyset() by an expression without a type",
      instead: "Give it one, such as sql`…`.as(integer()).",
    });
  }
  refuseSealed("keyset()", [expression]);
  const unordered = UNORDERED[type.kind];
  if (unordered !== undefined) {
    throw new UnsupportedError({
      dialect: "Plinth",
      feature: `keyset() by ${unordered}`,
      instead: "Order by a part of it that has a type of its own.",
    });
  }
  if (type.kind !== "timestamp" || type.mode === "string") return type;
  return intern({ ...type, mode: "string" });
}

/** What is read beside the row for the cursor. */
export function readTerm({ expression, type }: KeyTerm): AnyExpression {
  return typeOf(expression) === type ? expression : new FragmentNode(AS_IT_IS, [expression], type);
}

/** Made once: a fragment's strings stand for its shape. */
const AS_IT_IS: readonly string[] = ["", ""];

/** The order from its end. */
export function reversedTerms(terms: readonly KeyTerm[]): readonly KeyTerm[] {
  return terms.map((term) => ({
    ...term,
    direction: term.direction === "asc" ? "desc" : "asc",
    nulls: term.nulls === "first" ? "last" : "first",
  }));
}

export function orderOf(terms: readonly KeyTerm[]): readonly OrderTerm[] {
  return terms.map(
    ({ direction, expression, nulls }) => new Ordering(expression, direction, nulls),
  );
}
