/** Columns whose values the database can't read. */

import type { LogicalType } from "../ast/logical-type.ts";
import { isSealed, type SealedType } from "../ast/sealed.ts";
import { ConfigError } from "../core/error.ts";

declare const SEALED: unique symbol;
declare const LOOKUP: unique symbol;

/** What an encrypted column is in a query, where it can be read and be told to be NULL. Type-level only. */
export interface Sealed<Value> {
  readonly [SEALED]: Value;
}

/** As `Sealed`, of a column that can be asked for values, too. Type-level only. */
export interface SealedLookup<Value> extends Sealed<Value> {
  readonly [LOOKUP]: true;
}

/** What a column is in a query, by the traits of its declaration. */
export type Asked<Value, Trait> = "sealed" extends Trait
  ? Sealed<Value & {}> | (Value & null)
  : "lookup" extends Trait
    ? SealedLookup<Value & {}> | (Value & null)
    : Value;

/** What is read of it. */
export type Clear<Value> = Value extends Sealed<infer Own> ? Own : Value;

/** What it can be told to be equal to. */
export type Lookup<Value> = Value extends SealedLookup<infer Own> ? Own : Value;

export interface EncryptedOptions {
  /**
   * Whether equal values are equal bytes, so that `eq` and `inArray` find them and they can be `unique()`. Whoever reads the
   * database then sees which rows have the same value. Default false.
   */
  readonly deterministic?: boolean;
  /**
   * What values are bound to, so that none is taken that was encrypted for another column. Default: the names of table and
   * column as they are declared; give those of before where either is renamed.
   */
  readonly context?: string;
}

/** What is put before and behind a value: two bytes, a key's name of 32, the nonce of 12, and 16 that prove it. */
const MAX_OVERHEAD = 62;

/** So many bytes hold the value of the type; undefined where there is no bound. */
function maxBytes(type: LogicalType): number | undefined {
  switch (type.kind) {
    case "text":
      // The number of its bytes, and four bytes for a character.
      return type.length === undefined ? undefined : 5 + 4 * type.length;
    case "bytes":
      return type.length === undefined ? undefined : 5 + type.length;
    case "decimal":
      return type.precision + 4;
    case "json":
      return undefined;
    case "enum":
      return 5 + 4 * Math.max(0, ...type.values.map((value) => value.length));
    default:
      return 24;
  }
}

function refuse(why: string): never {
  throw new ConfigError(`encrypted() ${why}.`, { code: "E_SCHEMA" });
}

/** The type with which a column is kept that has values of this one. */
export function sealedType(type: LogicalType, options: EncryptedOptions): SealedType {
  const { context, deterministic: isDeterministic = false } = options;
  if (isSealed(type)) refuse("is said twice of a column");
  if (type.kind === "array" || type.kind === "custom") refuse("is for values of other types");
  if (type.kind === "text" && (type.isCaseInsensitive === true || type.collation !== undefined))
    refuse("leaves nothing to compare by caseInsensitive() or collate()");
  if (context === "") refuse("takes a context that isn't empty");
  const longest = isDeterministic ? maxBytes(type) : undefined;
  const length = longest === undefined ? undefined : longest + MAX_OVERHEAD;
  return { kind: "bytes", length, sealed: { of: type, isDeterministic, context: context ?? "" } };
}
