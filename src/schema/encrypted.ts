/** Columns whose values the database can't read. */

import type { LogicalType } from "../ast/logical-type.ts";
import { isSealed, type SealedType } from "../ast/sealed.ts";
import { ConfigError } from "../core/error.ts";

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
