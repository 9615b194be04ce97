/** Looking for encrypted values while there are several keys: each value may be encrypted by any of them. */

import {
  CompareNode,
  ListParameterNode,
  LogicNode,
  ParameterNode,
  type AnyExpression,
  type ExpressionNode,
} from "../../ast/expression.ts";
import { intern } from "../../ast/logical-type.ts";
import { isSealed, type SealedType } from "../../ast/sealed.ts";
import { typeOf } from "../../ast/type-of.ts";
import type { TypeMap } from "../values/type-map.ts";

/** The type of a value that is encrypted by another key than the one that is written by. */
function byKey(type: SealedType, key: number): SealedType {
  return intern({ ...type, sealed: { ...type.sealed, key } }) as SealedType;
}

/** The node for each of the keys, where it looks for an encrypted value; else undefined. */
export function forEachKey(node: ExpressionNode, types: TypeMap): AnyExpression | undefined {
  if (node.kind !== "compare" && node.kind !== "inListParameter") return undefined;
  const type = node.kind === "compare" ? typeOf(node.left) : node.type;
  const keyCount = types.cipher?.keyCount ?? 1;
  const isFirst = isSealed(type) && (node.kind !== "compare" || typeOf(node.right) === type);
  if (keyCount < 2 || !isFirst || type.sealed.key !== undefined) return undefined;
  const keys = Array.from({ length: keyCount }, (_, key) => byKey(type, key));
  if (node.kind === "inListParameter") {
    const { index, negated, operand, size } = node;
    const lists = keys.map((own) => new ListParameterNode(operand, index, size, own, negated));
    return new LogicNode(negated ? "and" : "or", lists);
  }
  const { index } = node.right as ParameterNode;
  const isNegated = node.operator === "<>" || node.operator === "is distinct from";
  const comparisons = keys.map(
    (own) => new CompareNode(node.operator, node.left, new ParameterNode(index, own)),
  );
  return new LogicNode(isNegated ? "and" : "or", comparisons);
}
