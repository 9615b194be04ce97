/** What an index says of itself, before its names are spelt. */

import type { AnyExpression, Condition, FragmentNode } from "../ast/expression.ts";
import type { OrderTerm } from "../ast/statement.ts";
import { ConfigError } from "../core/error.ts";
import type { Column } from "./column.ts";

type AnyTableColumn = Column<string, unknown>;

/** `"btree"` is what every database has; PostgreSQL alone has the others. */
export type IndexMethod = "brin" | "btree" | "gin" | "gist" | "hash" | "spgist";

/** A term with what only some databases know of it. */
export interface IndexTermSpec extends Pick<OrderTerm, "direction" | "expression"> {
  readonly operatorClass?: string;
  readonly prefix?: number;
}

/** A column, an expression such as ``sql`lower(${t.email})` ``, or either in `desc(…)`. */
export type IndexTerm = AnyTableColumn | FragmentNode<unknown> | IndexTermSpec;

export function toTerm(term: IndexTerm): IndexTermSpec {
  return "direction" in term ? term : { expression: term, direction: "asc" };
}

function refuse(message: string): never {
  throw new ConfigError(message, { code: "E_SCHEMA" });
}

/** A term of an index by an operator class of PostgreSQL's, such as `"gin_trgm_ops"`. */
export function operatorClass(term: IndexTerm, name: string): IndexTermSpec {
  if (!/^[A-Za-z_]\w{0,62}$/.test(name))
    refuse("operatorClass() takes the name of an operator class.");
  return { ...toTerm(term), operatorClass: name };
}

/**
 * A column of text or bytes of which MySQL and MariaDB keep only the beginning in an index, as they must of long ones. The
 * others keep the whole.
 *
 * @param length Characters, or bytes.
 */
export function prefixOf(column: AnyTableColumn, length: number): IndexTermSpec {
  if (!Number.isInteger(length) || length < 1 || length > 3072)
    refuse("The length of an index's prefix must be a whole number from 1 to 3072.");
  const { kind } = column.type;
  if (kind !== "text" && kind !== "bytes" && kind !== "custom")
    refuse("prefixOf() takes a column of text or bytes, or of a custom type.");
  return { ...toTerm(column), prefix: length };
}

interface IndexParts {
  readonly name: string | undefined;
  readonly isUnique: boolean;
  /** Whether rows that are soft-deleted stand nowhere in it. */
  readonly isOfLive?: boolean;
  readonly terms: readonly IndexTermSpec[];
  readonly condition?: AnyExpression;
  readonly method?: IndexMethod;
  readonly included?: readonly AnyTableColumn[];
}

const METHODS = new Set<unknown>(["brin", "btree", "gin", "gist", "hash", "spgist"]);

export class IndexSpec {
  readonly kind = "index";
  readonly parts: IndexParts;

  constructor(parts: IndexParts) {
    this.parts = parts;
    const { isUnique, terms, method = "btree", included } = parts;
    if (isUnique && terms.some((term) => term.prefix !== undefined))
      refuse("A unique index takes whole values, not prefixOf() them.");
    if (method === "btree") return;
    if (isUnique) refuse(`A unique index is a btree, and no ${method}.`);
    if (terms.some((term) => term.direction === "desc"))
      refuse(`An index by ${method} has no order, and so no desc().`);
    if (included !== undefined && method !== "gist" && method !== "spgist")
      refuse(`An index by ${method} includes no other columns.`);
  }

  /**
   * Only the rows for which the condition is true are in the index. MySQL and MariaDB refuse each but `isNull(column)`.
   */
  where(condition: Condition): IndexSpec {
    return new IndexSpec({ ...this.parts, condition });
  }

  /** How the index is made. Only `"btree"`, which it is unless it says something else, is on every database. */
  using(method: IndexMethod): IndexSpec {
    if (!METHODS.has(method)) refuse("using() takes brin, btree, gin, gist, hash or spgist.");
    return new IndexSpec({ ...this.parts, method });
  }

  /** Columns that stand in the index beside its terms, so that reads need no more than it. PostgreSQL only. */
  include(...included: readonly [AnyTableColumn, ...AnyTableColumn[]]): IndexSpec {
    return new IndexSpec({ ...this.parts, included });
  }
}
