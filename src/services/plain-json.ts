/** Values as JSON, which other programs and people can read, and which gives back what was put in, or is refused. */

import { InvalidValueError } from "../core/error.ts";

const MAX_DEPTH = 100;
/** Larger ones fill the memory of the store, and that of who reads them. */
const MAX_LENGTH = 1_048_576;

function refuse(what: string, path: readonly string[]): never {
  const place = path.length === 0 ? "" : `, at ${path.join(".")}`;
  throw new InvalidValueError(`The value holds ${what}${place}, which JSON can't keep.`, {
    hint: "Pass texts, numbers, booleans, null, and lists and plain objects of them.",
  });
}

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function checkObject(value: object, path: readonly string[]): void {
  if (path.length > MAX_DEPTH) refuse(`more than ${MAX_DEPTH} levels, or itself`, []);
  if (Array.isArray(value)) {
    // Not `forEach`, which skips holes.
    for (let index = 0; index < value.length; index++) {
      check(value[index], [...path, String(index)]);
    }
    return;
  }
  if (!isPlainObject(value)) refuse(`an object of the class ${value.constructor.name}`, path);
  for (const [name, member] of Object.entries(value)) {
    if (name === "toJSON" && typeof member === "function") refuse("a function", [...path, name]);
    // Left out by JSON, as a member that was never there.
    if (member !== undefined) check(member, [...path, name]);
  }
}

function check(value: unknown, path: readonly string[]): void {
  switch (typeof value) {
    case "boolean":
    case "string":
      return;
    case "number":
      if (Number.isFinite(value) && !Object.is(value, -0)) return;
      return refuse(Object.is(value, -0) ? "-0" : "a number that is none", path);
    case "object":
      if (value !== null) checkObject(value, path);
      return;
    default:
      return refuse(value === undefined ? "undefined" : `a ${typeof value}`, path);
  }
}

/** @throws {InvalidValueError} for what JSON would lose, and for more than a mebibyte. */
export function encodePlain(value: unknown): string {
  check(value, []);
  const text = JSON.stringify(value);
  if (text.length <= MAX_LENGTH) return text;
  throw new InvalidValueError(`As JSON the value has more than ${MAX_LENGTH} characters.`, {
    hint: "Keep what is large in a table or a file, and pass its key.",
  });
}
