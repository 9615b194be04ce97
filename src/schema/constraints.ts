/** What stands beside the columns of a table: keys, constraints and indexes. */

import type { AnyExpression, Condition } from "../ast/expression.ts";
import { uniqueOptions, type Column, type ReferenceOptions, type UniqueOptions } from "./column.ts";
import type { CommentSpec } from "./comment.ts";
import type { FullTextSpec } from "./full-text.ts";
import type { ScopeSpec } from "./scope.ts";
import { IndexSpec, toTerm, type IndexTerm } from "./index-spec.ts";

type AnyTableColumn = Column<string, unknown>;
type Columns = readonly [AnyTableColumn, ...AnyTableColumn[]];

export interface UniqueSpec {
  readonly kind: "unique";
  readonly name: string | undefined;
  readonly columns: readonly AnyTableColumn[];
  /** Whether rows that are soft-deleted don't count. */
  readonly isOfLive: boolean;
}

export interface CheckSpec {
  readonly kind: "check";
  readonly name: string | undefined;
  readonly condition: AnyExpression;
}

export interface PrimaryKeySpec {
  readonly kind: "primaryKey";
  readonly name: string | undefined;
  readonly columns: readonly AnyTableColumn[];
}

export interface ForeignKeySpec extends ReferenceOptions {
  readonly kind: "foreignKey";
  readonly columns: readonly AnyTableColumn[];
  /** Is called once all modules are loaded, so that tables may point at one another. */
  readonly target: () => unknown;
}

export type TableExtra =
  | CheckSpec
  | CommentSpec
  | ForeignKeySpec
  | FullTextSpec
  | IndexSpec
  | PrimaryKeySpec
  | ScopeSpec
  | UniqueSpec;

export interface IndexBuilder {
  on(...terms: readonly [IndexTerm, ...IndexTerm[]]): IndexSpec;
}

function indexBuilder(options: UniqueOptions | string, isUnique: boolean): IndexBuilder {
  const { name, among } = uniqueOptions(options);
  const isOfLive = among === "live";
  return {
    on: (...terms) => new IndexSpec({ name, isUnique, isOfLive, terms: terms.map(toTerm) }),
  };
}

/**
 * An index, named `<table>_<columns>_idx` unless named here. With `{ among: "live" }` rows that are soft-deleted stand
 * nowhere in it.
 */
export function index(options: UniqueOptions | string = {}): IndexBuilder {
  return indexBuilder(options, false);
}

/** An index whose entries differ, for what `unique()` can't say: expressions, and conditions. */
export function uniqueIndex(options: UniqueOptions | string = {}): IndexBuilder {
  return indexBuilder(options, true);
}

export interface UniqueBuilder {
  on(...columns: Columns): UniqueSpec;
}

/**
 * A unique constraint over one or more columns, named `<table>_<columns>_unique` unless named here. With
 * `{ among: "live" }` rows that are soft-deleted don't count.
 */
export function unique(options: UniqueOptions | string = {}): UniqueBuilder {
  const { name, among } = uniqueOptions(options);
  return { on: (...columns) => ({ kind: "unique", name, columns, isOfLive: among === "live" }) };
}

/**
 * A condition that every row meets, or leaves NULL. Named `<table>_<columns>_check` unless named here. Columns and values
 * stand in it as in a query, and it is either ``sql`…` `` or made of comparisons.
 */
export function check(condition: Condition): CheckSpec;
export function check(name: string, condition: Condition): CheckSpec;
export function check(first: Condition | string, second?: Condition): CheckSpec {
  return typeof first === "string"
    ? { kind: "check", name: first, condition: second! }
    : { kind: "check", name: undefined, condition: first };
}

export interface PrimaryKeyBuilder {
  on(...columns: Columns): PrimaryKeySpec;
}

/** Names the primary key, or gives the order of its columns, each of which says `.primaryKey()`. */
export function primaryKey(name?: string): PrimaryKeyBuilder {
  return { on: (...columns) => ({ kind: "primaryKey", name, columns }) };
}

export interface ForeignKeyBuilder {
  on(...columns: Columns): {
    /** @param target A function that gives as many columns of one table, as that may be declared later. */
    // oxlint-disable-next-line typescript/no-explicit-any -- only `any` keeps TypeScript from inferring the target's table.
    references(target: () => any, options?: Omit<ReferenceOptions, "name">): ForeignKeySpec;
  };
}

/** A foreign key of several columns, named `<table>_<columns>_fkey` unless named here. */
export function foreignKey(name?: string): ForeignKeyBuilder {
  return {
    on: (...columns) => ({
      references: (target, options) => ({ kind: "foreignKey", ...options, name, columns, target }),
    }),
  };
}
