/**
 * What the order of an index says: its rows are sorted by its columns, NULL before everything else, so that a row behind
 * a key that isn't NULL has no NULL there.
 */

/** What a search said of the rows that the cursor comes to from then on. */
export interface Bound {
  /** Whether the rows are up to the key, and not from it on. */
  readonly isUpper: boolean;
  /** Whether a row that is equal to the key isn't among them. */
  readonly isStrict: boolean;
  /** The first register of the key. */
  readonly base: number;
  /** Of each part of the key whether it isn't NULL. */
  readonly keys: readonly boolean[];
  /** How many of the first registers hold what they held. */
  readonly same: number;
}

/** Of the columns of an index whether the greatest come first. */
export type Order = readonly boolean[];

/** `k(2,-,B)`, the key of an index. */
export function orderOf(key: string): Order | undefined {
  const [, columns] = /^k\(\d+,(.*)\)$/.exec(key) ?? [];
  return columns?.split(",").map((column) => column.startsWith("-"));
}

/** Columns that are not NULL by the search alone. */
export function boundColumns({ isStrict, isUpper, keys }: Bound, order: Order): readonly number[] {
  const isKnown = keys[0] === true || (isStrict && keys.length === 1);
  return !isUpper && isKnown && order[0] === false ? [0] : [];
}

/**
 * Columns that are not NULL where a row isn't beyond the key at the other end.
 *
 * @param keys Of each part of that key whether it isn't NULL.
 */
export function columnsWithin(
  bound: Bound | undefined,
  end: Omit<Bound, "same">,
  order: Order,
): readonly number[] {
  const found: number[] = [];
  const isRange = bound?.base === end.base && bound.isUpper !== end.isUpper;
  // Between keys that begin alike all begin so.
  const equal = isRange ? Math.min(bound.same, bound.keys.length, end.keys.length) : 0;
  for (let at = 0; at < equal; at++) if (bound!.keys[at] === true) found.push(at);
  const lower = end.isUpper ? (isRange ? bound : undefined) : end;
  if (lower === undefined || order[equal] !== false || equal >= lower.keys.length) return found;
  const isBehindNull = lower.isStrict && equal === lower.keys.length - 1;
  return lower.keys[equal] === true || isBehindNull ? [...found, equal] : found;
}

export function joinBounds(one: Bound | undefined, other: Bound | undefined): Bound | undefined {
  if (one === undefined || other === undefined) return undefined;
  if (one.base !== other.base || one.isUpper !== other.isUpper) return undefined;
  if (one.keys.length !== other.keys.length) return undefined;
  return {
    isUpper: one.isUpper,
    isStrict: one.isStrict && other.isStrict,
    base: one.base,
    keys: one.keys.map((isKnown, at) => isKnown && other.keys[at] === true),
    same: Math.min(one.same, other.same),
  };
}

export function isSameBound(one: Bound | undefined, other: Bound | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return (
    one.base === other.base &&
    one.isUpper === other.isUpper &&
    one.isStrict === other.isStrict &&
    one.same === other.same &&
    one.keys.join() === other.keys.join()
  );
}
