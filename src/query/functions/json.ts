/** Parts of JSON by their path: read, compared and set with one meaning on every database. */

import { CallNode, Expression, ValueNode, type AnyExpression } from "../../ast/expression.ts";
import type { JsonFunctionName } from "../../ast/function-name.ts";
import type { LogicalType } from "../../ast/logical-type.ts";
import { typeOf } from "../../ast/type-of.ts";
import { InvalidValueError } from "../../core/error.ts";
import { checkerOf } from "../../dialect/values/type-map.ts";

const JSON_TYPE: LogicalType = { kind: "json" };
const TEXT: LogicalType = { kind: "text", length: undefined };
const DOUBLE: LogicalType = { kind: "double" };
const BOOLEAN: LogicalType = { kind: "boolean" };
const INTEGER: LogicalType = { kind: "integer", bits: 32 };

const toJsonText = checkerOf(JSON_TYPE);
const checkKey = checkerOf(TEXT);
const MAX_INDEX = 2 ** 31 - 1;

/** An object's members by their keys as JSON has them, which are texts. */
type Members<Part> = { [Key in keyof Part as `${Exclude<Key, symbol>}`]: Part[Key] };

/** The keys of what may stand at a place: numbers for an array, texts for an object. */
type KeyOfJson<Part> = unknown extends Part
  ? number | string
  : Part extends readonly unknown[]
    ? number
    : Part extends object
      ? keyof Members<Part>
      : never;

/** What is at a key; `never` stands for no step. */
type AtKey<Part, Key> = [Key] extends [never]
  ? Part
  : unknown extends Part
    ? unknown
    : Part extends readonly unknown[]
      ? Key extends number
        ? Part[Key]
        : never
      : Part extends object
        ? Key extends keyof Members<Part>
          ? Members<Part>[Key]
          : never
        : never;

/**
 * Steps into JSON, each checked against what is there: a key of an object, or the number of an array's item, from 0. For
 * more than five begin with `jsonPath`. JSON of an unknown type takes any list.
 */
type Path<Json, A, B, C, D, E> =
  | readonly [a?: A, b?: B, c?: C, d?: D, e?: E]
  | (unknown extends Json ? readonly (number | string)[] : never);

/** What is at a path. */
type At<Json, A, B, C, D, E> = AtKey<AtKey<AtKey<AtKey<AtKey<Json, A>, B>, C>, D>, E>;

/** A kind of JSON where it may stand; `unknown` may be all of it. */
type Kind<Part, Wanted> = unknown extends Part ? Wanted : Extract<Part, Wanted>;

/** A document that is there; one of an unknown type stays so. */
type Present<Json> = unknown extends Json ? Json : Json & {};

type JsonOf<Json> = Expression<Json, string>;

function pathNode(path: readonly unknown[]): { node: ValueNode<unknown>; steps: string } {
  if (!Array.isArray(path)) throw new InvalidValueError("A path into JSON is an array.");
  let steps = "";
  for (const step of path as unknown[]) {
    if (typeof step === "string") checkKey(step);
    else if (typeof step !== "number" || !Number.isInteger(step) || step < 0 || step > MAX_INDEX) {
      throw new InvalidValueError(
        "A step into JSON is a key, as text, or the number of an item, from 0.",
        { hint: "The last item is at jsonLength(…) - 1; read it in the program." },
      );
    }
    steps += typeof step === "string" ? "k" : "i";
  }
  return { node: new ValueNode([...(path as unknown[])], undefined), steps };
}

function call<Value>(
  name: JsonFunctionName,
  json: AnyExpression,
  path: readonly unknown[],
  type: LogicalType,
  ...value: readonly AnyExpression[]
): CallNode<Value> {
  if (!(json instanceof Expression) || typeOf(json)?.kind !== "json") {
    throw new InvalidValueError(`${name === "jsonPut" ? "jsonSet" : name}() takes JSON.`, {
      hint: "Give a fragment its type: sql`…`.as(json()).",
    });
  }
  const { node, steps } = pathNode(path);
  return new CallNode(name, [json, node, ...value], type, undefined, steps);
}

/**
 * The part of JSON at a path, as JSON: NULL where there is none, as where it is JSON's null.
 *
 * @example
 * db.select({ address: jsonPath(users.profile, ["addresses", 0]) }).from(users)
 */
export function jsonPath<
  Json,
  const A extends KeyOfJson<Json> = never,
  const B extends KeyOfJson<At<Json, A, never, never, never, never>> = never,
  const C extends KeyOfJson<At<Json, A, B, never, never, never>> = never,
  const D extends KeyOfJson<At<Json, A, B, C, never, never>> = never,
  const E extends KeyOfJson<At<Json, A, B, C, D, never>> = never,
>(
  json: JsonOf<Json>,
  path: Path<Json, A, B, C, D, E>,
): Expression<Exclude<At<Json, A, B, C, D, E>, undefined> | null> {
  return call("jsonPath", json, path, JSON_TYPE);
}

/** The text at a path, without quotes; NULL where there is none, or something else. */
export function jsonText<
  Json,
  const A extends KeyOfJson<Json> = never,
  const B extends KeyOfJson<At<Json, A, never, never, never, never>> = never,
  const C extends KeyOfJson<At<Json, A, B, never, never, never>> = never,
  const D extends KeyOfJson<At<Json, A, B, C, never, never>> = never,
  const E extends KeyOfJson<At<Json, A, B, C, D, never>> = never,
>(
  json: JsonOf<Json>,
  path: Path<Json, A, B, C, D, E>,
): Expression<Kind<At<Json, A, B, C, D, E>, string> | null> {
  return call("jsonText", json, path, TEXT);
}

/** The number at a path, of 64 bits as JavaScript's are; NULL where there is none, or something else. */
export function jsonNumber<
  Json,
  const A extends KeyOfJson<Json> = never,
  const B extends KeyOfJson<At<Json, A, never, never, never, never>> = never,
  const C extends KeyOfJson<At<Json, A, B, never, never, never>> = never,
  const D extends KeyOfJson<At<Json, A, B, C, never, never>> = never,
  const E extends KeyOfJson<At<Json, A, B, C, D, never>> = never,
>(
  json: JsonOf<Json>,
  path: Path<Json, A, B, C, D, E>,
): Expression<Kind<At<Json, A, B, C, D, E>, number> | null> {
  return call("jsonNumber", json, path, DOUBLE);
}

/** The boolean at a path; NULL where there is none, or something else. */
export function jsonBoolean<
  Json,
  const A extends KeyOfJson<Json> = never,
  const B extends KeyOfJson<At<Json, A, never, never, never, never>> = never,
  const C extends KeyOfJson<At<Json, A, B, never, never, never>> = never,
  const D extends KeyOfJson<At<Json, A, B, C, never, never>> = never,
  const E extends KeyOfJson<At<Json, A, B, C, D, never>> = never,
>(
  json: JsonOf<Json>,
  path: Path<Json, A, B, C, D, E>,
): Expression<Kind<At<Json, A, B, C, D, E>, boolean> | null> {
  return call("jsonBoolean", json, path, BOOLEAN);
}

/** How many items the array at a path has; NULL where there is none, or something else. */
export function jsonLength<
  Json,
  const A extends KeyOfJson<Json> = never,
  const B extends KeyOfJson<At<Json, A, never, never, never, never>> = never,
  const C extends KeyOfJson<At<Json, A, B, never, never, never>> = never,
  const D extends KeyOfJson<At<Json, A, B, C, never, never>> = never,
  const E extends KeyOfJson<At<Json, A, B, C, D, never>> = never,
>(json: JsonOf<Json>, path: Path<Json, A, B, C, D, E>): Expression<number | null> {
  return call("jsonLength", json, path, INTEGER);
}

/** Whether there is something at a path. JSON's null is something; a column that is NULL has nothing. */
export function jsonExists<
  Json,
  const A extends KeyOfJson<Json> = never,
  const B extends KeyOfJson<At<Json, A, never, never, never, never>> = never,
  const C extends KeyOfJson<At<Json, A, B, never, never, never>> = never,
  const D extends KeyOfJson<At<Json, A, B, C, never, never>> = never,
  const E extends KeyOfJson<At<Json, A, B, C, D, never>> = never,
>(json: JsonOf<Json>, path: Path<Json, A, B, C, D, E>): Expression<boolean> {
  return call("jsonExists", json, path, BOOLEAN);
}

/** What becomes JSON without losing digits. */
const CONVERTIBLE = new Set(["boolean", "double", "integer", "text"]);

function toDocument(value: unknown): AnyExpression {
  if (value instanceof Expression) {
    const kind = typeOf(value)?.kind;
    if (kind === "json") return value;
    if (kind !== undefined && CONVERTIBLE.has(kind))
      return new CallNode("toJson", [value], JSON_TYPE);
    throw new InvalidValueError(
      "jsonSet() takes an expression of JSON, a text, a number or a boolean.",
      { hint: "Bigints, decimals and instants are no values of JSON." },
    );
  }
  return new CallNode("jsonParse", [new ValueNode(toJsonText(value), TEXT)], JSON_TYPE);
}

function put(
  json: AnyExpression,
  path: readonly unknown[],
  done: number,
  value: AnyExpression,
): AnyExpression {
  const target = done === 0 ? json : call("jsonPath", json, path.slice(0, done), JSON_TYPE);
  const inner = done === path.length - 1 ? value : put(json, path, done + 1, value);
  return call("jsonPut", target, [path[done]], JSON_TYPE, inner);
}

function requireSteps(path: readonly unknown[], name: string): void {
  if (Array.isArray(path) && path.length === 0)
    throw new InvalidValueError(`${name}() takes a path of at least one step.`);
}

/**
 * The JSON with another value at a path. What is missing or null on the way there is made, also the JSON itself; an index
 * at or behind the end of an array adds to it. Where something else stands in the way, as a text where the path goes
 * into an object, all stays as it is.
 *
 * @example
 * db.update(users).set({ settings: jsonSet(users.settings, ["theme"], "dark") })
 */
export function jsonSet<
  Json,
  const A extends KeyOfJson<Json> = never,
  const B extends KeyOfJson<At<Json, A, never, never, never, never>> = never,
  const C extends KeyOfJson<At<Json, A, B, never, never, never>> = never,
  const D extends KeyOfJson<At<Json, A, B, C, never, never>> = never,
  const E extends KeyOfJson<At<Json, A, B, C, D, never>> = never,
>(
  json: JsonOf<Json>,
  path: Path<Json, A, B, C, D, E>,
  value:
    | Exclude<At<Json, A, B, C, D, E>, undefined>
    | Expression<Exclude<At<Json, A, B, C, D, E>, undefined> | null, string>,
): Expression<Present<Json>> {
  requireSteps(path, "jsonSet");
  return put(json, path, 0, toDocument(value)) as Expression<Present<Json>>;
}

/** The JSON without what is at a path; as it is where there is nothing. Items behind a removed one move up. */
export function jsonRemove<
  Json,
  const A extends KeyOfJson<Json> = never,
  const B extends KeyOfJson<At<Json, A, never, never, never, never>> = never,
  const C extends KeyOfJson<At<Json, A, B, never, never, never>> = never,
  const D extends KeyOfJson<At<Json, A, B, C, never, never>> = never,
  const E extends KeyOfJson<At<Json, A, B, C, D, never>> = never,
>(json: JsonOf<Json>, path: Path<Json, A, B, C, D, E>): Expression<Json> {
  requireSteps(path, "jsonRemove");
  return call("jsonRemove", json, path, JSON_TYPE);
}
