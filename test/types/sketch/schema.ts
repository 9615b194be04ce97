/** What declarations will bring: columns that Plinth keeps, and relations. Types only: nothing here runs. */
import type { AnyTable, Condition, Expression, OrderTerm, RowOf } from "plinth";
import type { Column, ColumnBuilder } from "../../../src/schema/column.ts";
import type { ColumnMap, ColumnsOf, Flat, NameOf } from "../../../src/schema/table.ts";

/** Marks the column that hides a row, so that types know that the table's rows may be hidden. */
interface SoftDeleteColumn extends ColumnBuilder<Date | null> {
  readonly "~hides": true;
}

interface SoftDeleteOptions<Key extends string, By extends ColumnMap, Scope extends "off" | "on"> {
  /** The column's key. Default `"deletedAt"`. */
  readonly column?: Key;
  /** A column for who did it: `{ deletedBy: uuid() }`. */
  readonly by?: By;
  /** `"off"` keeps the time and hides nothing. */
  readonly scope?: Scope;
}

/** The columns of a table whose rows are hidden instead of deleted. */
export declare function softDelete<
  const Key extends string = "deletedAt",
  By extends ColumnMap = {},
  const Scope extends "off" | "on" = "on",
>(
  options?: SoftDeleteOptions<Key, By, Scope>,
): Flat<{ [Name in Key]: Scope extends "on" ? SoftDeleteColumn : ColumnBuilder<Date | null> } & By>;

/** `true` for a table whose rows may be hidden. */
export type IsSoft<T extends AnyTable> = true extends {
  [Key in keyof ColumnsOf<T>]: ColumnsOf<T>[Key] extends SoftDeleteColumn ? true : false;
}[keyof ColumnsOf<T>]
  ? true
  : false;

interface RelationOptions {
  /** The foreign key, where several point at the table, or none is declared. */
  readonly key?: Column<string, unknown> | readonly Column<string, unknown>[];
  /** The relation is of those rows only. */
  readonly where?: Condition;
}

interface ManyOptions extends RelationOptions {
  /** The table between the two. Its columns come with each row under its relation's name. */
  readonly through?: AnyTable;
}

export interface Relation<
  Target extends AnyTable,
  Kind extends "many" | "one" | "optional" = "many" | "one" | "optional",
> {
  readonly kind: Kind;
  readonly target: Target;
}

/** What `defineSchema` hands to its second argument. */
interface Relate {
  /** Exactly one row. `defineSchema` refuses it unless a foreign key that is not null says so. */
  one<T extends AnyTable>(table: T, options?: RelationOptions): Relation<T, "one">;
  /** One row or none: over a nullable foreign key, or from the side that is pointed at. */
  optional<T extends AnyTable>(table: T, options?: RelationOptions): Relation<T, "optional">;
  many<T extends AnyTable>(table: T, options?: ManyOptions): Relation<T, "many">;
}

type TableMap = Readonly<Record<string, AnyTable>>;
type RelationMap = Readonly<Record<string, Relation<AnyTable>>>;
type Relations = Readonly<Record<string, RelationMap>>;

/** What was declared, with a sentence in the place of what the tables contradict. */
type CheckedRelations<Tables extends TableMap, R> = {
  readonly [Key in keyof R]: Key extends keyof Tables
    ? {
        readonly [Name in keyof R[Key]]: Name extends keyof ColumnsOf<Tables[Key]>
          ? `'${Key & string}' has a column '${Name & string}' already`
          : R[Key][Name];
      }
    : `The schema has no table '${Key & string}'`;
};

/** Relations by the names of their tables, which is what a query knows. Worked out once for a schema. */
type ByName<Tables extends TableMap, R> = {
  readonly [Key in keyof Tables as NameOf<Tables[Key]>]: Key extends keyof R ? R[Key] : {};
};

export interface Schema<Tables extends TableMap = TableMap, Named = {}> {
  readonly tables: Tables;
  /** Type-level only. */
  readonly "~relations": Named;
}

/** The tables and, by their keys, what belongs to what. */
export declare function defineSchema<const Tables extends TableMap, const R extends Relations = {}>(
  tables: Tables,
  relations?: (
    relate: Relate,
  ) => R extends CheckedRelations<Tables, R> ? R : CheckedRelations<Tables, R>,
): Schema<Tables, ByName<Tables, R>>;

export type RelationsOf<S extends Schema, T extends AnyTable> =
  NameOf<T> extends keyof S["~relations"] ? S["~relations"][NameOf<T>] : {};

export type TargetOf<R> = R extends Relation<infer Target> ? Target : never;

type Term = Expression<unknown, string> | OrderTerm;

/** What a relation can be narrowed by, at each level of `with`. */
interface LoadOptions<T extends AnyTable> {
  readonly where?: Condition;
  readonly orderBy?: Term | readonly Term[];
  readonly limit?: number;
  readonly offset?: number;
  /** The keys of the columns to read. Default: all. */
  readonly select?: readonly (keyof ColumnsOf<T> & string)[];
  readonly withDeleted?: boolean;
}

/** What `with` takes: a relation's name with `true`, or with what narrows it and what is loaded with it. */
export type With<S extends Schema, T extends AnyTable> = {
  readonly [Key in keyof RelationsOf<S, T>]?:
    | true
    | (LoadOptions<TargetOf<RelationsOf<S, T>[Key]>> & {
        readonly with?: With<S, TargetOf<RelationsOf<S, T>[Key]>>;
      });
};

/**
 * What was passed, with a sentence in the place of each key that isn't known. TypeScript itself overlooks an unknown
 * key beside a known one when the type is inferred.
 */
export type CheckedWith<S extends Schema, T extends AnyTable, W> = {
  readonly [Key in keyof W]: Key extends keyof RelationsOf<S, T>
    ? W[Key] extends true
      ? true
      : CheckedOptions<S, TargetOf<RelationsOf<S, T>[Key]>, W[Key]>
    : `'${NameOf<T>}' has no relation '${Key & string}'`;
};

type CheckedOptions<S extends Schema, T extends AnyTable, Options> = {
  readonly [Key in keyof Options]: Key extends "with"
    ? CheckedWith<S, T, Options[Key]>
    : Key extends keyof LoadOptions<T>
      ? LoadOptions<T>[Key]
      : `There is no option '${Key & string}'`;
};

type Picked<T extends AnyTable, Options> = Options extends {
  readonly select: readonly (infer Key)[];
}
  ? Pick<RowOf<T>, Key & keyof RowOf<T>>
  : RowOf<T>;

type IsMissing<Kind, Target extends AnyTable, Options> = Kind extends "optional"
  ? null
  : Options extends { readonly where: Condition }
    ? null
    : IsSoft<Target> extends true
      ? Options extends { readonly withDeleted: true }
        ? never
        : null
      : never;

type LoadedRelation<S extends Schema, R, Options> =
  R extends Relation<infer Target, infer Kind>
    ? Kind extends "many"
      ? Loaded<S, Target, Options>[]
      : Loaded<S, Target, Options> | IsMissing<Kind, Target, Options>
    : never;

type LoadedRelations<S extends Schema, T extends AnyTable, W> = {
  -readonly [Key in keyof W & keyof RelationsOf<S, T>]: LoadedRelation<
    S,
    RelationsOf<S, T>[Key],
    W[Key]
  >;
};

/** A row with what was loaded with it. */
export type Loaded<S extends Schema, T extends AnyTable, Options> = Flat<
  Picked<T, Options> &
    (Options extends { readonly with: infer W } ? LoadedRelations<S, T, W> : unknown)
>;
