/** Values as texts that give the same values again: JSON, and what JSON loses. */

import { InvalidValueError } from "../../core/error.ts";
import type { Datum } from "../kv/store.ts";

/** How a cache keeps values. What it makes of a value must give an equal one, and never the same object. */
export interface Codec<Value = unknown, Form extends Datum = Datum> {
  readonly encode: (value: Value) => Form;
  /** What it throws makes the entry void: it is loaded again. */
  readonly decode: (datum: Form) => Value;
}

/** A codec whose form is bytes, such as that of MessagePack, and which says so. */
export interface BinaryCodec<Value = unknown> extends Codec<Value, Uint8Array> {
  readonly isBinary: true;
}

export interface TextCodec<Value = unknown> extends Codec<Value, string> {
  readonly isBinary?: false;
}

export type AnyCodec<Value = unknown> = BinaryCodec<Value> | TextCodec<Value>;

/** What JSON has no word for stands as `{"$": [what, its text]}`, and so does an object that has a `$` of its own. */
const MARK = "$";
const MAX_DEPTH = 200;
/** Before the text: whether there are marks in it. */
const PLAIN = "0";
const MARKED = "1";

type Path = readonly string[];

function isPlainObject(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Whether JSON gives it back as it is. What JSON can't take at all is found where marks are written. */
function isJson(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0);
    case "object":
      break;
    default:
      return false;
  }
  if (value === null) return true;
  if (depth > MAX_DEPTH) return false;
  if (Array.isArray(value)) {
    // Not `every`, which skips holes.
    for (let index = 0; index < value.length; index++) {
      if (!isJson(value[index], depth + 1)) return false;
    }
    return true;
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  for (const name of Object.keys(value)) {
    if (name === MARK || !isJson((value as Record<string, unknown>)[name], depth + 1)) return false;
  }
  return typeof (value as { readonly toJSON?: unknown }).toJSON !== "function";
}

function refuse(what: string, path: Path): never {
  const place = path.length === 0 ? "" : `, at ${path.join(".")}`;
  throw new InvalidValueError(`A value that was to be kept holds ${what}${place}.`, {
    hint: "Keep plain data; caches, sessions and channels also take a codec of your own.",
  });
}

/** An own property also where it is called `__proto__`. */
function define(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, {
    value,
    configurable: true,
    enumerable: true,
    writable: true,
  });
}

function markObject(value: object, path: Path): unknown {
  if (value instanceof Date) return { [MARK]: ["date", value.getTime()] };
  if (value instanceof Uint8Array) {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    return { [MARK]: ["bytes", bytes.toString("base64")] };
  }
  if (value instanceof Map) {
    return { [MARK]: ["map", [...value].flat().map((each) => mark(each, [...path, "(map)"]))] };
  }
  if (value instanceof Set) {
    return { [MARK]: ["set", [...value].map((each) => mark(each, [...path, "(set)"]))] };
  }
  if (Array.isArray(value)) {
    return Array.from(value, (each, index) => mark(each, [...path, String(index)]));
  }
  if (!isPlainObject(value)) refuse(`an object of the class ${value.constructor.name}`, path);
  const marked = {};
  for (const name of Object.keys(value)) define(marked, name, mark(value[name], [...path, name]));
  return Object.hasOwn(value, MARK) ? { [MARK]: ["object", marked] } : marked;
}

function mark(value: unknown, path: Path): unknown {
  if (path.length > MAX_DEPTH) refuse(`more than ${MAX_DEPTH} levels, or itself`, []);
  switch (typeof value) {
    case "undefined":
      return { [MARK]: ["undefined"] };
    case "bigint":
      return { [MARK]: ["bigint", String(value)] };
    case "number":
      if (Number.isFinite(value) && !Object.is(value, -0)) return value;
      return { [MARK]: ["number", Object.is(value, -0) ? "-0" : String(value)] };
    case "function":
    case "symbol":
      return refuse(`a ${typeof value}`, path);
    case "object":
      return value === null ? null : markObject(value, path);
    default:
      return value;
  }
}

function pairs(flat: readonly unknown[]): [unknown, unknown][] {
  return Array.from({ length: flat.length / 2 }, (_, at) => [flat[2 * at], flat[2 * at + 1]]);
}

const readers: Readonly<Record<string, (form: never) => unknown>> = {
  bigint: (form: string) => BigInt(form),
  bytes: (form: string) => new Uint8Array(Buffer.from(form, "base64")),
  date: (form: number | null) => new Date(form ?? NaN),
  map: (form: readonly unknown[]) => new Map(pairs(form.map(read))),
  number: (form: string) => Number(form),
  object: (form: object) => readMembers(form),
  set: (form: readonly unknown[]) => new Set(form.map(read)),
  undefined: () => undefined,
};

function readMembers(value: object): object {
  for (const [name, member] of Object.entries(value)) {
    const found = read(member);
    if (found !== member) define(value, name, found);
  }
  return value;
}

function read(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const marked = Array.isArray(value) ? undefined : Object.getOwnPropertyDescriptor(value, MARK);
  if (marked === undefined) return readMembers(value);
  const [what, form] = marked.value as [string, never];
  const reader = readers[what];
  if (reader === undefined) throw unknownForm();
  return reader(form);
}

/** Written by another codec, or by a later version of this one. */
function unknownForm(): InvalidValueError {
  return new InvalidValueError("What was kept is in a form that isn't known here.", {
    hint: "Was it written by a later version of Plinth, or by another codec? Read it by that.",
  });
}

/**
 * JSON, with dates, bigints, bytes, maps, sets, `undefined`, `NaN`, infinities and -0 as they were. Objects of other
 * classes are refused, as they would come back as something else; a `Buffer` comes back as `Uint8Array`.
 */
export const jsonCodec: TextCodec = {
  encode(value) {
    if (isJson(value, 0)) return PLAIN + JSON.stringify(value);
    return MARKED + JSON.stringify(mark(value, []));
  },
  decode(text) {
    const form = text[0];
    if (form !== PLAIN && form !== MARKED) throw unknownForm();
    const value: unknown = JSON.parse(text.slice(1));
    return form === MARKED ? read(value) : value;
  },
};
