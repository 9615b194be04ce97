/** Expressions of columns that have operators of their own: lists, JSON, fields of bits, and texts without regard to case. */

import {
  and,
  arrayAppend,
  arrayContained,
  arrayContains,
  arrayIncludes,
  arrayLength,
  arrayOverlaps,
  arrayRemove,
  between,
  clearBits,
  coalesce,
  eq,
  gt,
  gte,
  hasAll,
  hasAny,
  hasNone,
  inArray,
  isDistinctFrom,
  isNotNull,
  isNull,
  jsonBoolean,
  jsonExists,
  jsonLength,
  jsonNumber,
  jsonPath,
  jsonRemove,
  jsonSet,
  jsonText,
  like,
  lower,
  lt,
  ne,
  notInArray,
  nullIf,
  setBits,
  type Condition,
  type Expression,
} from "plinth";
import type { AnyExpression } from "../../src/ast/expression.ts";
import type { Random } from "./random.ts";
import { FLAGS, HANDLES, KEYS, TAGS, type people } from "./tables.ts";

export type SpecialSort = "bits" | "caseless" | "json" | "list";

export interface SpecialField {
  readonly sort: SpecialSort;
  readonly column: AnyExpression;
}

type Json = Expression<unknown, string>;
type List = typeof people.tags;
type Bits = typeof people.flags;
type Text = Expression<string | null, string>;

type Step = number | string;

function stepsOf(random: Random): Step[] {
  const step = (): Step => (random.oneIn(4) ? random.below(3) : random.pick(KEYS));
  return Array.from({ length: 1 + random.below(2) }, step);
}

function document(random: Random, column: AnyExpression): Json {
  const json = column as Json;
  const step: Step[] = [random.oneIn(4) ? random.below(2) : random.pick(KEYS)];
  switch (random.below(8)) {
    case 0:
      return jsonSet(json, step, random.pick([1, "a", true, null, [1]]) as never) as Json;
    case 1:
      return jsonSet(json, step, jsonText(json, stepsOf(random)) as never) as Json;
    case 2:
      return jsonRemove(json, step as never) as Json;
    case 3:
      return jsonPath(json, step) as Json;
    default:
      return json;
  }
}

function ofJson(random: Random, column: AnyExpression): Condition {
  const json = document(random, column);
  const path = stepsOf(random);
  switch (random.below(8)) {
    case 0:
      return jsonExists(json, path);
    case 1:
      return jsonBoolean(json, path);
    case 2:
      return eq(jsonText(json, path), random.pick(TAGS));
    case 3:
      return random.pick([gt, lt, ne])(jsonNumber(json, path), random.below(4));
    case 4:
      return gte(jsonLength(json, random.oneIn(2) ? [] : path), random.below(3));
    case 5:
      return inArray(jsonNumber(json, path), [0, 1.5, 2]);
    case 6:
      return isNull(jsonPath(json, path));
    default:
      return like(jsonText(json, path), `${random.pick(TAGS)}%`);
  }
}

function list(random: Random, column: AnyExpression): List {
  const tags = column as List;
  if (random.oneIn(4)) return arrayAppend(tags, random.pick(TAGS)) as never;
  return random.oneIn(4) ? (arrayRemove(tags, random.pick(TAGS)) as never) : tags;
}

function ofList(random: Random, column: AnyExpression): Condition {
  const tags = list(random, column);
  const some = random.some(TAGS, random.below(4));
  switch (random.below(5)) {
    case 0:
      return arrayIncludes(tags, random.pick(TAGS));
    case 1:
      return arrayContains(tags, some);
    case 2:
      return arrayContained(tags, some);
    case 3:
      return arrayOverlaps(tags, some);
    default:
      return gt(arrayLength(tags), random.below(3));
  }
}

function ofBits(random: Random, column: AnyExpression): Condition {
  const flags = column as Bits;
  const some = random.some(FLAGS, random.below(3));
  switch (random.below(5)) {
    case 0:
      return eq(setBits(flags, some) as Expression<bigint | null, string>, flags as never);
    case 1:
      return ne(clearBits(flags, some) as Expression<bigint | null, string>, 0n);
    default:
      return random.pick([hasAll, hasAny, hasNone])(flags, some);
  }
}

function ofCaseless(random: Random, column: AnyExpression): Condition {
  const handle = column as Text;
  const word = (): string => random.pick(HANDLES);
  switch (random.below(9)) {
    case 0:
      return random.pick([inArray, notInArray])(
        handle,
        Array.from({ length: random.below(7) }, word),
      );
    case 1:
      return between(handle, word(), word());
    case 2:
      return isDistinctFrom(handle, random.oneIn(3) ? null : word());
    case 3:
      return eq(coalesce(handle, word()), word());
    case 4:
      return isNotNull(nullIf(handle, word()));
    case 5:
      return eq(lower(handle), word());
    case 6:
      return like(handle, `${word()}%`);
    default:
      return random.pick([eq, ne, gt, lt])(handle, random.oneIn(4) ? handle : word());
  }
}

const CONDITIONS = { bits: ofBits, caseless: ofCaseless, json: ofJson, list: ofList } as const;

export function specialCondition(
  random: Random,
  fields: readonly SpecialField[],
): Condition | undefined {
  if (fields.length === 0) return undefined;
  const { column, sort } = random.pick(fields);
  const condition = CONDITIONS[sort](random, column);
  if (!random.oneIn(6)) return condition;
  const other = random.pick(fields);
  return and(condition, CONDITIONS[other.sort](random, other.column));
}

/** A value that is told of a special column. */
export function specialExpression(
  random: Random,
  sort: string,
  fields: readonly SpecialField[],
): AnyExpression | undefined {
  const of = (wanted: SpecialSort): AnyExpression | undefined =>
    fields.find((field) => field.sort === wanted)?.column;
  const json = of("json");
  const tags = of("list");
  switch (sort) {
    case "boolean":
      return specialCondition(random, fields);
    case "integer":
      if (tags !== undefined && random.oneIn(2)) return arrayLength(list(random, tags));
      return json && jsonLength(document(random, json), stepsOf(random));
    case "text":
      return json && jsonText(document(random, json), stepsOf(random));
    default:
      return undefined;
  }
}
