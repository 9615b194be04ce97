/** Of which kinds the results of SQLite's operators are. */

import {
  BLOB,
  INFINITE,
  INTEGER,
  NULL,
  NUMBER,
  NUMERIC,
  REAL,
  SOMETHING,
  TEXT,
  type Value,
} from "./values.ts";

/** Whether any of the values may be NULL, as the kind. */
export function nullOf(values: readonly Value[]): number {
  return values.some(({ kinds }) => (kinds & NULL) !== 0) ? NULL : 0;
}

/** Whether it is known, finite, and not 0. */
function isFactor({ constant }: Value): boolean {
  return typeof constant === "number" && constant !== 0;
}

/** Two infinite numbers may make none. */
export function arithmetic(opcode: string, one: Value, other: Value): number {
  const isWhole = (one.kinds | other.kinds) === INTEGER;
  const finite = [one, other].filter(({ kinds }) => (kinds & ~(NUMBER | NULL)) === 0).length;
  const isScaled =
    [one, other].some(isFactor) && ((one.kinds | other.kinds) & ~(NUMERIC | NULL)) === 0;
  const isNumber = opcode === "Multiply" ? finite === 2 || isScaled : finite >= 1;
  return (isWhole ? INTEGER | REAL : NUMERIC) | nullOf([one, other]) | (isNumber ? 0 : NULL);
}

/** @param one What is divided by; by 0 it is NULL. */
export function division(opcode: string, one: Value, other: Value): number {
  const isSafe = isFactor(one) && (other.kinds & ~(NUMERIC | NULL)) === 0;
  const isWhole = ((one.kinds | other.kinds) & ~(INTEGER | NULL)) === 0;
  return (isWhole ? INTEGER : NUMERIC) | nullOf([one, other]) | (isSafe ? 0 : NULL);
}

const BLOBS = 65;
const TEXTS = 66;
const INTEGERS = 68;
const REALS = 69;

export function castKinds(kinds: number, affinity: number): number {
  const to = { [BLOBS]: BLOB, [TEXTS]: TEXT, [INTEGERS]: INTEGER, [REALS]: REAL | INFINITE }[
    affinity
  ];
  return (to ?? SOMETHING) | (kinds & NULL);
}
