/** The values of a checked statement: all that it takes, and nothing else, before anything is sent. */

import { InvalidValueError } from "../../core/error.ts";
import type { CheckedText, TextParameter } from "./text.ts";

/** A parameter of the text, and what the database said of it. */
export interface Parameter extends TextParameter {
  readonly isNullable: boolean;
}

export interface Given {
  /** By the places of the text's parameters; undefined for what is left out. */
  readonly values: readonly unknown[];
  /** The conditions whose fragments are in, one bit each. */
  readonly mask: number;
}

const NOTHING: Readonly<Record<string, unknown>> = {};

/** A parameter as it stands in the text. */
function spelt({ style }: CheckedText, name: string): string {
  return style === "list" ? `$${name}` : `:${name}`;
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  const kind = typeof value;
  if (kind === "undefined") return "nothing";
  return kind === "object" ? "an object" : `a ${kind}`;
}

function refuseShape({ style }: CheckedText, given: unknown): never {
  const wanted = {
    list: "an array of values, as its places are numbers",
    names: "an object of values by the names of its places",
    none: "no values",
  }[style];
  throw new InvalidValueError(`The statement takes ${wanted}, and was given ${kindOf(given)}.`);
}

function isRecord(given: unknown): given is Readonly<Record<string, unknown>> {
  return typeof given === "object" && given !== null && !Array.isArray(given);
}

/** The values by the names of their places; a list's names are its numbers. */
function byName(
  text: CheckedText,
  parameters: readonly Parameter[],
  given: unknown,
): Readonly<Record<string, unknown>> {
  if (text.style === "list" && Array.isArray(given)) {
    const values = given as readonly unknown[];
    const last = Math.max(...parameters.map(({ name }) => Number(name)).filter(Number.isFinite));
    if (values.length > last) refuseSurplus(`${values.length} values`, `${last}`);
    return Object.fromEntries(Array.from(values, (value, at) => [`${at + 1}`, value]));
  }
  const isNone = given === undefined || (Array.isArray(given) && given.length === 0);
  if (isNone && (text.style === "none" || parameters.every(({ isOptional }) => isOptional)))
    return NOTHING;
  return text.style !== "list" && isRecord(given) ? given : refuseShape(text, given);
}

function refuseSurplus(given: string, taken: string): never {
  throw new InvalidValueError(`The statement was given ${given}, and takes ${taken}.`);
}

/** Refuses names that the text hasn't: one of them may be meant for another that is missing. */
function checkNames(parameters: readonly Parameter[], given: object): void {
  for (const name of Object.keys(given)) {
    if (parameters.some((parameter) => parameter.name === name)) continue;
    const names = parameters.map((parameter) => `"${parameter.name}"`).join(", ");
    refuseSurplus(`a value for "${name}"`, names === "" ? "none" : `only ${names}`);
  }
}

function checkList(what: string, value: unknown): void {
  if (!Array.isArray(value)) {
    throw new InvalidValueError(`${what} is a list, and was given ${kindOf(value)}.`, {
      hint: "What stands in `in (…)` by itself takes an array.",
    });
  }
  // Not `some`, which passes over holes.
  for (const item of value as readonly unknown[]) {
    if (item !== null && item !== undefined) continue;
    throw new InvalidValueError(`An item of ${what.toLowerCase()} is ${item}.`, {
      hint: "NULL is in no list: write `or column is null`.",
    });
  }
}

function checkValue(text: CheckedText, parameter: Parameter, value: unknown): void {
  const what = `Parameter ${spelt(text, parameter.name)}`;
  if (value === undefined) {
    if (parameter.isOptional) return;
    const hint = parameter.isNullable ? "Pass null for NULL." : undefined;
    throw new InvalidValueError(`${what} is missing.`, { hint });
  }
  if (parameter.isSwitch) {
    if (typeof value !== "boolean")
      throw new InvalidValueError(
        `${what} is a switch, true or false, and was given ${kindOf(value)}.`,
      );
  } else if (parameter.isList) checkList(what, value);
  else if (value === null && !parameter.isNullable) {
    throw new InvalidValueError(`${what} is null, and takes no NULL.`, {
      hint: "Its column takes none; or it is compared, and nothing is equal to NULL: write `column is null`, or leave its fragment out.",
    });
  }
}

/** A value without its fragment would be passed over, and a fragment without its values can't be sent. */
function checkFragments(
  text: CheckedText,
  names: readonly string[],
  { values, mask }: Given,
): void {
  for (const { name, fragment } of text.places) {
    if (fragment === undefined) continue;
    const isIn = ((mask >> text.conditions.indexOf(fragment.condition)) & 1) === 1;
    const isGiven = values[names.indexOf(name)] !== undefined;
    const what = `Parameter ${spelt(text, name)}`;
    if (isIn && !isGiven) {
      throw new InvalidValueError(
        `${what} is missing, and the fragment of "${fragment.condition}" needs it.`,
      );
    }
    if (!isIn && isGiven && !isUsed(text, name, mask)) {
      throw new InvalidValueError(
        `${what} was given, and stands only in the fragment of "${fragment.condition}", which is left out.`,
      );
    }
  }
}

/** Whether it stands in what is sent, or says what is. */
function isUsed({ conditions, places }: CheckedText, name: string, mask: number): boolean {
  return (
    conditions.includes(name) ||
    places.some(
      (place) =>
        place.name === name &&
        (place.fragment === undefined ||
          ((mask >> conditions.indexOf(place.fragment.condition)) & 1) === 1),
    )
  );
}

/**
 * @throws {InvalidValueError} for values that are missing or too many, for undefined, and for null where it makes no sense.
 */
export function readGiven(
  text: CheckedText,
  parameters: readonly Parameter[],
  given: unknown,
): Given {
  const named = byName(text, parameters, given);
  const values: unknown[] = [];
  let count = 0;
  for (const parameter of parameters) {
    const isThere = Object.hasOwn(named, parameter.name);
    if (isThere) count++;
    const value = isThere ? named[parameter.name] : undefined;
    checkValue(text, parameter, value);
    values.push(value);
  }
  if (count !== Object.keys(named).length) checkNames(parameters, named);
  if (text.conditions.length === 0) return { values, mask: 0 };
  const names = parameters.map(({ name }) => name);
  const mask = text.conditions.reduce((bits, condition, at) => {
    const place = names.indexOf(condition);
    const value = values[place];
    const isOut = value === undefined || (value === false && parameters[place]!.isSwitch);
    return isOut ? bits : bits | (1 << at);
  }, 0);
  checkFragments(text, names, { values, mask });
  return { values, mask };
}
