/** Encrypted columns: what a query can say of values that the database can't read. */

import { UnsupportedError } from "../core/error.ts";
import { childrenOf } from "./children.ts";
import { nodeOf, type AnyExpression, type ExpressionNode } from "./expression.ts";
import type { BytesType, LogicalType, Sealing } from "./logical-type.ts";
import { typeOf } from "./type-of.ts";

/** The type of an encrypted column: bytes to the database, and values of another type to programs. */
export type SealedType = BytesType & { readonly sealed: Sealing };

export function isSealed(type: LogicalType | undefined): type is SealedType {
  return type?.kind === "bytes" && type.sealed !== undefined;
}

/** The type of a column's values, which of an encrypted one isn't that of what is stored. */
export function valueTypeOf(type: LogicalType): LogicalType {
  return isSealed(type) ? type.sealed.of : type;
}

/** What the database keeps of a type. */
export function storedTypeOf(type: LogicalType): LogicalType {
  return isSealed(type) ? { kind: "bytes", length: type.length } : type;
}

/** The strings of a fragment that gives what is stored, whatever it is. */
export const STORED: readonly string[] = ["", ""];

export function refuseSealed(what: string, expressions: readonly AnyExpression[]): void {
  if (!expressions.some((expression) => isSealed(typeOf(expression)))) return;
  throw new UnsupportedError({
    dialect: "Plinth",
    feature: `${what} of an encrypted column, which the database can't read`,
    instead: "Read the rows and do it in the program, or keep what it needs in another column.",
  });
}

function refuseLookup(isDeterministic: boolean, name: string): void {
  if (isDeterministic) return;
  throw new UnsupportedError({
    dialect: "Plinth",
    feature: `${name} of an encrypted column whose values are encrypted otherwise each time`,
    instead: "Declare it encrypted({ deterministic: true }), and read what that gives away.",
  });
}

const EQUALITIES: Readonly<Record<string, string>> = {
  "=": "eq()",
  "<>": "ne()",
  "is distinct from": "isDistinctFrom()",
  "is not distinct from": "isNotDistinctFrom()",
};

/** Refuses every use of an encrypted column but reading it, and looking for values where they are told to be equal. */
export function checkSealed(node: ExpressionNode): void {
  const children = childrenOf(node);
  if (!children.some((child) => isSealed(typeOf(child)))) return;
  switch (node.kind) {
    case "nullTest":
      return;
    case "compare": {
      const type = typeOf(node.left);
      const name = EQUALITIES[node.operator];
      const isLookup = isSealed(type) && node.right.kind === "value" && typeOf(node.right) === type;
      if (name === undefined || !isLookup) return refuseSealed("comparing", children);
      return refuseLookup(type.sealed.isDeterministic, name);
    }
    case "inList": {
      const type = typeOf(node.operand);
      if (!isSealed(type) || node.type !== type) return refuseSealed("inArray()", children);
      return refuseLookup(type.sealed.isDeterministic, "inArray()");
    }
    case "call":
      if (node.name === "count") return;
      return refuseSealed(`${node.name}()`, children);
    case "fragment": {
      if (node.strings === STORED) return;
      const columns = children.filter((child) => nodeOf(child).kind !== "value");
      return refuseSealed("a use in sql`…`", columns);
    }
    default:
      return refuseSealed("such a use", children);
  }
}

/** Refuses values of one column in another: each is bound to the column that it was encrypted for. */
export function checkSealedCell(type: LogicalType, cell: AnyExpression): void {
  const own = typeOf(cell);
  if (own === type || (!isSealed(type) && !isSealed(own))) return;
  throw new UnsupportedError({
    dialect: "Plinth",
    feature: "writing an encrypted column, or what is read from one, by an expression",
    instead: "Read the value, and write it as a value.",
  });
}
