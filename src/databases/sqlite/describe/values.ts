/** What is known of the values in a register of SQLite's machine, whichever way the program came. */

import type { LogicalType } from "../../../ast/logical-type.ts";

export const NULL = 1;
export const INTEGER = 2;
/** Finite, too. */
export const REAL = 4;
export const INFINITE = 8;
export const TEXT = 16;
export const BLOB = 32;
export const ANYTHING = 63;
export const SOMETHING = 62;
/** A finite number. */
export const NUMBER = 6;
export const NUMERIC = 14;

/** A column of a row that a cursor stands on. */
export interface Place {
  readonly cursor: number;
  readonly column: number;
}

export interface Value {
  /** The kinds that it may be of. */
  readonly kinds: number;
  /** The instruction that made it: of those with the same one all are the same value. */
  readonly id?: number | undefined;
  readonly constant?: number | string | undefined;
  /** Where it was read. */
  readonly place?: Place | undefined;
  /** Of a row that was put together: the kinds of its columns. */
  readonly row?: readonly Value[] | undefined;
  /** Of an aggregate: the kinds of all that it may have been given. */
  readonly given?: number | undefined;
  /** Of an aggregate: whether it certainly was given something. */
  readonly isGiven?: boolean | undefined;
  /** The numbers of the parameters that it may be, in order. */
  readonly parameters?: string | undefined;
  /** What it is, where that is more than its kind; one type is one object. */
  readonly type?: LogicalType | "unclear" | undefined;
  /** What isn't NULL where it isn't, as `needOf` writes it, in order. */
  readonly needs?: string | undefined;
  /** `table.column` that it is of. */
  readonly column?: string | undefined;
  /** Whether there is a way here on which nothing was put into the register. */
  readonly isMissing?: boolean | undefined;
}

export const UNSET: Value = { kinds: NULL, isMissing: true };

function same<Item>(one: Item, other: Item): Item | undefined {
  return one === other ? one : undefined;
}

function samePlace(one: Place | undefined, other: Place | undefined): Place | undefined {
  return one?.cursor === other?.cursor && one?.column === other?.column ? one : undefined;
}

function joinRows(one: readonly Value[], other: readonly Value[]): readonly Value[] {
  const longest = one.length > other.length ? one : other;
  return longest.map((_, at) => joinValues(one[at] ?? UNSET, other[at] ?? UNSET));
}

function unionOf(one: string | undefined, other: string | undefined): string | undefined {
  if (one === other || other === undefined) return one;
  if (one === undefined) return other;
  const all = new Set([...one.split(" "), ...other.split(" ")].map(Number));
  return [...all].toSorted((first, second) => first - second).join(" ");
}

/** NULL is of every type. */
function joinTypes(one: Value, other: Value): Value["type"] {
  if (one.type === other.type || (other.kinds === NULL && other.type === undefined))
    return one.type;
  if (one.kinds === NULL && one.type === undefined) return other.type;
  return isScaled(one) || isScaled(other) ? "unclear" : undefined;
}

/** Whether it isn't what its number is. */
export function isScaled({ type }: Value): boolean {
  return type === "unclear" || type?.kind === "decimal";
}

/** What holds of both. */
export function joinValues(one: Value, other: Value): Value {
  if (one === other) return one;
  const given = (one.given ?? 0) | (other.given ?? 0);
  return {
    kinds: one.kinds | other.kinds,
    id: same(one.id, other.id),
    constant: same(one.constant, other.constant),
    place: samePlace(one.place, other.place),
    row:
      one.row === undefined || other.row === undefined ? undefined : joinRows(one.row, other.row),
    given: given === 0 ? undefined : given,
    isGiven: one.isGiven === true && other.isGiven === true ? true : undefined,
    needs: same(one.needs, other.needs),
    parameters: unionOf(one.parameters, other.parameters),
    type: joinTypes(one, other),
    column: same(one.column, other.column),
    isMissing: one.isMissing === true || other.isMissing === true || undefined,
  };
}

export function isSameValue(one: Value, other: Value): boolean {
  return (
    one === other ||
    (one.kinds === other.kinds &&
      one.id === other.id &&
      one.constant === other.constant &&
      one.given === other.given &&
      one.isGiven === other.isGiven &&
      one.needs === other.needs &&
      one.parameters === other.parameters &&
      one.type === other.type &&
      one.column === other.column &&
      one.isMissing === other.isMissing &&
      samePlace(one.place, other.place) === one.place &&
      isSameRow(one.row, other.row))
  );
}

/** Names of a value: of the instruction that made it, and of the place where it was read. */
function namesOf({ id, place }: Value): string[] {
  return [
    ...(id === undefined ? [] : [`=${id}`]),
    ...(place === undefined ? [] : [`${place.cursor}.${place.column}`]),
  ];
}

/** What isn't NULL where something isn't that is NULL if any of these is. */
export function needsOf(values: readonly Value[]): string | undefined {
  const names = values.flatMap((value) => [...namesOf(value), ...(value.needs?.split(" ") ?? [])]);
  return names.length === 0 ? undefined : [...new Set(names)].toSorted().join(" ");
}

/** Without a name, or all that begin with a cursor and its point. */
export function withoutNeeds(value: Value, gone: string): Value {
  const { needs } = value;
  if (needs?.includes(gone) !== true) return value;
  const isGone = (name: string): boolean =>
    gone.endsWith(".") ? name.startsWith(gone) : name === gone;
  const left = needs.split(" ").filter((name) => !isGone(name));
  return { ...value, needs: left.length === 0 ? undefined : left.join(" ") };
}

function isSameRow(one: Value["row"], other: Value["row"]): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one.length === other.length && one.every((value, at) => isSameValue(value, other[at]!));
}
