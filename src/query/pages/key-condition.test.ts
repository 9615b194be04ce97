import { expect, test } from "vitest";
import { nodeOf, type AnyExpression } from "../../ast/expression.ts";
import { infoOf, table } from "../../schema/table.ts";
import { enumType, integer } from "../../schema/types.ts";
import { asc, desc, type Ordering } from "../order.ts";
import { tableSelection } from "../read/selection.ts";
import { emptyStatement } from "../statement.ts";
import { keysetCondition, keysetSegments } from "./key-condition.ts";
import { keyTermsOf, reversedTerms, type KeyTerm } from "./key-terms.ts";

const size = enumType("size", ["small", "large", "huge"]);
const rows = table("rows", {
  id: integer().primaryKey(),
  a: integer().notNull(),
  b: integer(),
  size: size(),
});

type Row = Readonly<Record<string, number | string | null>>;

function termsOf(...order: Ordering[]): readonly KeyTerm[] {
  const info = infoOf(rows);
  return keyTermsOf({ ...emptyStatement(info, tableSelection(info)), orderBy: order }, false);
}

/** What the condition is for a row, by hand: null is SQL's third truth value. */
function valueOf(expression: AnyExpression, row: Row): unknown {
  const node = nodeOf(expression);
  switch (node.kind) {
    case "column":
      return row[node.key];
    case "value":
      return node.value;
    case "nullTest":
      return (valueOf(node.operand, row) === null) !== node.negated;
    case "inList": {
      const value = valueOf(node.operand, row);
      return value === null ? null : node.values.includes(value);
    }
    case "compare":
      return compared(node.operator, valueOf(node.left, row), valueOf(node.right, row));
    case "compareRows": {
      for (const [place, left] of node.left.entries()) {
        const [one, other] = [valueOf(left, row), valueOf(node.right[place]!, row)];
        if (one === null || other === null) return null;
        if (one !== other) return compared(node.operator, one, other);
      }
      return false;
    }
    case "logic": {
      const values = node.operands.map((operand) => valueOf(operand, row));
      const decisive = node.operator === "or";
      if (values.includes(decisive)) return decisive;
      return values.includes(null) ? null : !decisive;
    }
    default:
      throw new Error(`The condition has a ${node.kind}.`);
  }
}

function compared(operator: string, left: unknown, right: unknown): boolean | null {
  if (left === null || right === null) return null;
  const [one, other] = [left as number, right as number];
  switch (operator) {
    case "=":
      return one === other;
    case "<":
      return one < other;
    case ">":
      return one > other;
    case "<=":
      return one <= other;
    default:
      return one >= other;
  }
}

function sorted(terms: readonly KeyTerm[]): Row[] {
  const all: Row[] = [];
  for (const a of [1, 2])
    for (const b of [null, 1, 2])
      for (const named of [null, ...size.values]) all.push({ id: all.length, a, b, size: named });
  const rank = ({ direction, expression, nulls, type }: KeyTerm, row: Row): number => {
    const value = valueOf(expression, row);
    if (value === null) return nulls === "first" ? -Infinity : Infinity;
    const place = type.kind === "enum" ? type.values.indexOf(value as string) : (value as number);
    return direction === "asc" ? place : -place;
  };
  return all.toSorted((one, other) => {
    for (const term of terms) {
      const [left, right] = [rank(term, one), rank(term, other)];
      if (left !== right) return left < right ? -1 : 1;
    }
    return 0;
  });
}

function either(column: AnyExpression): Ordering[] {
  return [asc(column), desc(column), asc(column).nullsLast(), desc(column).nullsFirst()];
}

const orders = [rows.a, rows.b, rows.size].flatMap((first) =>
  either(first).flatMap((term) =>
    [rows.a, rows.b, rows.size, rows.id]
      .filter((second) => second !== first)
      .flatMap((second) => either(second).map((other) => [term, other])),
  ),
);

test("the condition keeps what follows a row, in every order and from every row", () => {
  let checks = 0;
  for (const order of orders) {
    for (const terms of [termsOf(...order), reversedTerms(termsOf(...order))]) {
      const all = sorted(terms);
      for (const [place, row] of all.entries()) {
        const values = terms.map(({ expression }) => valueOf(expression, row));
        const condition = keysetCondition(terms, values);
        const kept = all.filter(
          (other) => condition !== undefined && valueOf(condition, other) === true,
        );
        expect(kept).toEqual(all.slice(place + 1));
        const segments = keysetSegments(terms, values);
        const parts = segments.flatMap((part) =>
          all.filter((other) => valueOf(part, other) === true),
        );
        expect(parts).toEqual(kept);
        checks++;
      }
    }
  }
  expect(checks).toBeGreaterThan(5_000);
});

test("rows are compared as one where all go in one direction and none is NULL", () => {
  const kindOf = (...order: Ordering[]): string => {
    const terms = termsOf(...order);
    return keysetSegments(
      terms,
      terms.map(() => 1),
    )[0]!.kind;
  };
  expect(kindOf(desc(rows.a))).toBe("compareRows");
  expect(kindOf(asc(rows.b), asc(rows.a))).toBe("compareRows");
  expect(kindOf(asc(rows.a), asc(rows.b))).toBe("logic");
  expect(kindOf(asc(rows.a), desc(rows.id))).toBe("logic");
  expect(kindOf(asc(rows.id))).toBe("compare");
});
