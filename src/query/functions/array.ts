/**
 * Conditions on arrays, and their changes, with one meaning on every database: an array is asked as the set of its
 * elements, so that order and repetition don't matter, and NULL is equal to no element.
 */

import {
  CallNode,
  ValueNode,
  type AnyExpression,
  type Condition,
  type Expression,
} from "../../ast/expression.ts";
import type { ArrayFunctionName } from "../../ast/function-name.ts";
import { intern, type ArrayType, type LogicalType } from "../../ast/logical-type.ts";
import { typeOf } from "../../ast/type-of.ts";
import { InvalidValueError } from "../../core/error.ts";

const BOOLEAN: LogicalType = { kind: "boolean" };
const COUNTED: LogicalType = { kind: "integer", bits: 32 };

type ArrayExpression<Item> = Expression<readonly Item[] | null, string>;
/** The elements of an array, which are asked for and are never NULL. */
type ItemOf<Value> = Value extends readonly (infer Item)[] ? Item & {} : never;

function arrayTypeOf(array: AnyExpression, name: string): ArrayType {
  const type = typeOf(array);
  if (type?.kind === "array") return type;
  throw new InvalidValueError(`${name}() takes a column that is an array().`);
}

/** The list as one value, in which no element is NULL. */
function listOf(array: AnyExpression, items: readonly unknown[], name: string): ValueNode<unknown> {
  const { element } = arrayTypeOf(array, name);
  if (!Array.isArray(items)) throw new InvalidValueError(`${name}() takes a list of elements.`);
  return new ValueNode(items, intern({ kind: "array", element }));
}

function condition(
  name: ArrayFunctionName,
  array: AnyExpression,
  items: readonly unknown[],
): Condition {
  return new CallNode<boolean | null, string>(name, [array, listOf(array, items, name)], BOOLEAN);
}

/** Whether each of these is an element of the array; of none of them it is true. */
export function arrayContains<Item>(
  array: ArrayExpression<Item>,
  items: readonly (NoInfer<Item> & {})[],
): Condition {
  return condition("arrayContains", array, items);
}

/** Whether this is an element of the array. */
export function arrayIncludes<Item>(
  array: ArrayExpression<Item>,
  item: NoInfer<Item> & {},
): Condition {
  return condition("arrayContains", array, [item]);
}

/** Whether each element of the array is one of these. */
export function arrayContained<Item>(
  array: ArrayExpression<Item>,
  items: readonly (NoInfer<Item> & {})[],
): Condition {
  return condition("arrayContained", array, items);
}

/** Whether one of these is an element of the array; of none of them it is false. */
export function arrayOverlaps<Item>(
  array: ArrayExpression<Item>,
  items: readonly (NoInfer<Item> & {})[],
): Condition {
  return condition("arrayOverlaps", array, items);
}

/** How many elements the array has; NULL where it is NULL. */
export function arrayLength<Value extends readonly unknown[] | null, From extends string>(
  array: Expression<Value, From>,
): Expression<number | Extract<Value, null>, From> {
  arrayTypeOf(array, "arrayLength");
  return new CallNode("arrayLength", [array], COUNTED);
}

/** The array with these behind its last, for `.set({ … })`; NULL stays NULL. */
export function arrayAppend<Value extends readonly unknown[] | null, From extends string>(
  array: Expression<Value, From>,
  ...items: ItemOf<Value>[]
): Expression<Value, From> {
  const list = listOf(array, items, "arrayAppend");
  return items.length === 0 ? array : new CallNode("arrayAppend", [array, list], typeOf(array));
}

/** The array without any element that is equal to one of these, for `.set({ … })`; NULL stays NULL. */
export function arrayRemove<Value extends readonly unknown[] | null, From extends string>(
  array: Expression<Value, From>,
  ...items: ItemOf<Value>[]
): Expression<Value, From> {
  return new CallNode("arrayRemove", [array, listOf(array, items, "arrayRemove")], typeOf(array));
}
