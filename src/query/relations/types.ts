/** The types of what `with` takes and of the rows that it gives. */

import type { Condition, Expression } from "../../ast/expression.ts";
import type { OrderTerm } from "../../ast/statement.ts";
import type { RelationDraft, RelationKind } from "../../schema/relation.ts";
import type { AnySchema } from "../../schema/schema.ts";
import type {
  AliasOf,
  AnyTable,
  ColumnsOf,
  Flat,
  HidesRows,
  IfSoft,
  NameOf,
  RowOf,
} from "../../schema/table.ts";
import type { ResultOf, SelectionInput } from "../types.ts";

type Named<S extends AnySchema, Name> = Name extends keyof S["~relations"]
  ? S["~relations"][Name]
  : // oxlint-disable-next-line typescript/no-empty-object-type -- no relations: no key leads to one.
    {};

/** The relations of a table, or of that which an alias stands for. */
export type RelationsOf<S extends AnySchema, T extends AnyTable> = Named<
  S,
  T extends AliasOf<infer Name> ? Name : NameOf<T>
>;

type TargetOf<R> = R extends RelationDraft<infer Target, RelationKind> ? Target : never;

type Term = Expression<unknown, string> | OrderTerm;

/** Any text, beside which an editor still offers the names that are known. */
type AnyName = string & NonNullable<unknown>;

type ColumnName<T extends AnyTable> = keyof ColumnsOf<T> & string;

/** What a relation to one row can be narrowed by, at each level of `with`. */
export interface LoadOneOptions<T extends AnyTable> {
  /** Of the related rows; a row without any keeps its place, with an empty list or null. */
  readonly where?: Condition;
  /** Also the rows that are soft-deleted. */
  readonly withDeleted?: IfSoft<T, true>;
  /** The keys of the columns to read, or a selection as `db.select` takes it. Default: all columns. */
  readonly select?: SelectionInput | readonly (AnyName | ColumnName<T>)[];
}

/** What a relation to many rows can be narrowed by, at each level of `with`. */
export interface LoadManyOptions<T extends AnyTable> extends LoadOneOptions<T> {
  readonly orderBy?: Term | readonly Term[];
  /** How many of each row's related rows. Without an order the first by the primary key. */
  readonly limit?: number;
  /** How many of each row's related rows are left out before. */
  readonly offset?: number;
}

export type LoadOptions<R> =
  R extends RelationDraft<infer Target, infer Kind>
    ? Kind extends "many"
      ? LoadManyOptions<Target>
      : LoadOneOptions<Target>
    : never;

/** What `with` takes: a relation's name with `true`, or with what narrows it and what is loaded with it. */
export type With<S extends AnySchema, T extends AnyTable> = {
  readonly [Key in keyof RelationsOf<S, T>]?:
    | true
    | (LoadOptions<RelationsOf<S, T>[Key]> & {
        readonly select?: SelectionInput | readonly ColumnName<TargetOf<RelationsOf<S, T>[Key]>>[];
        readonly with?: With<S, TargetOf<RelationsOf<S, T>[Key]>>;
      });
};

/** As `With`, and any other key and column besides: `CheckedWith` has better words for those than TypeScript. */
export type Asked<S extends AnySchema, T extends AnyTable> = object & {
  readonly [Key in keyof RelationsOf<S, T>]?: true | AskedOptions<S, RelationsOf<S, T>[Key]>;
};

type AskedOptions<S extends AnySchema, R> = LoadOptions<R> &
  object & { readonly with?: Asked<S, TargetOf<R>> };

/**
 * What was passed, with a sentence in the place of each key that isn't known. TypeScript itself overlooks an unknown
 * key beside a known one when the type is inferred.
 */
export type CheckedWith<S extends AnySchema, T extends AnyTable, W> = {
  readonly [Key in keyof W]: Key extends keyof RelationsOf<S, T>
    ? W[Key] extends true
      ? true
      : CheckedOptions<S, RelationsOf<S, T>[Key], W[Key]>
    : NoRelation<S, T, Key>;
};

/** The compiler prints each text of a union: what is wrong, and what there is. */
type NoRelation<S extends AnySchema, T extends AnyTable, Key> = string extends keyof S["tables"]
  ? "This client knows no relations: connect(url, { schema })"
  : Key extends string
    ? `'${NameOf<T>}' has no relation '${Key}'` | `it has '${keyof RelationsOf<S, T> & string}'`
    : `Write { ${keyof RelationsOf<S, T> & string}: true }`;

export type CheckedOptions<S extends AnySchema, R, Options> = {
  readonly [Key in keyof Options]: Key extends "with"
    ? CheckedWith<S, TargetOf<R>, Options[Key]>
    : Key extends keyof LoadOptions<R>
      ? // Names stand in `select` alone.
        Options[Key] extends readonly string[]
        ? readonly (keyof ColumnsOf<TargetOf<R>> & string)[]
        : LoadOptions<R>[Key]
      : NoOption<R, keyof RelationsOf<S, TargetOf<R>>, Key & string>;
};

type NoOption<R, Relations, Key extends string> = Key extends Relations
  ? `A relation stands in with: { ${Key}: true }`
  : R extends RelationDraft<AnyTable, "many">
    ? `There is no option '${Key}', but where, orderBy, limit, offset, select, withDeleted and with`
    : `There is no option '${Key}' for one row, but where, select, withDeleted and with`;

type Picked<T extends AnyTable, Options> = Options extends { readonly select: infer Selected }
  ? Selected extends readonly (infer Key)[]
    ? Pick<RowOf<T>, Key & keyof RowOf<T>>
    : ResultOf<Selected, never>
  : RowOf<T>;

/** Whether the row that a key points at may be one that is left out, as it is soft-deleted. */
type MayBeHidden<Target extends AnyTable, Options> = Options extends { readonly withDeleted: true }
  ? false
  : HidesRows<Target>;

type IsMissing<Owner extends AnyTable, Target extends AnyTable, Kind, Options> = Options extends {
  readonly where: Condition;
}
  ? null
  : Kind extends "optional"
    ? null
    : MayBeHidden<Target, Options> extends true
      ? null
      : Kind extends "back"
        ? NameOf<Target> extends NameOf<Owner>
          ? never
          : null
        : never;

/**
 * A row that lacks relations: an object of the columns alone. The name is for those who read a message: "Property 'posts'
 * does not exist on type 'RowWithout<".with({ posts: true })", { id: number; }>'".
 */
type RowWithout<_Relations extends string, Row> = { [Key in keyof Row]: Row[Key] };

type Lacking<Relations extends string, Row> = [Relations] extends [never]
  ? Row
  : RowWithout<Relations, Row>;

type Others<S extends AnySchema, T extends AnyTable, Row> = Exclude<
  keyof RelationsOf<S, T> & string,
  keyof Row
>;

/** A row of a query's own table, by what it says for a relation that it wasn't told of. */
export type RootRow<S extends AnySchema, T extends AnyTable, Row> = Lacking<
  `.with({ ${Others<S, T, Row>}: true })`,
  Row
>;

/** A related row, in whose options `with` stands. */
type RelatedRow<S extends AnySchema, T extends AnyTable, Row> = Lacking<
  `with: { ${Others<S, T, Row>}: true }`,
  Row
>;

export type LoadedRelation<S extends AnySchema, Owner extends AnyTable, R, Options> =
  R extends RelationDraft<infer Target, infer Kind>
    ? Kind extends "many"
      ? Loaded<S, Target, Options>[]
      : Loaded<S, Target, Options> | IsMissing<Owner, Target, Kind, Options>
    : never;

export type LoadedRelations<S extends AnySchema, T extends AnyTable, W> = {
  -readonly [Key in keyof W & keyof RelationsOf<S, T>]: LoadedRelation<
    S,
    T,
    RelationsOf<S, T>[Key],
    W[Key]
  >;
};

/** A related row with what was loaded with it. */
type Loaded<S extends AnySchema, T extends AnyTable, Options> = RelatedRow<
  S,
  T,
  Options extends { readonly with: infer W }
    ? Flat<Picked<T, Options> & LoadedRelations<S, T, W>>
    : Picked<T, Options>
>;

/** A row with what was loaded with it, and what it had before. */
export type LoadedRow<S extends AnySchema, T extends AnyTable, Row, W> = RootRow<
  S,
  T,
  Flat<Row & LoadedRelations<S, T, W>>
>;

/** What `load` takes for a relation. */
export type LoadInput<
  S extends AnySchema,
  Target extends AnyTable,
  Kind extends RelationKind,
> = AskedOptions<S, RelationDraft<Target, Kind>>;

export type CheckedInput<
  S extends AnySchema,
  Target extends AnyTable,
  Kind extends RelationKind,
  Options,
> =
  Options extends CheckedOptions<S, RelationDraft<Target, Kind>, Options>
    ? Options
    : CheckedOptions<S, RelationDraft<Target, Kind>, Options>;

/** A row in hand, with what was loaded to it. */
export type WithLoaded<
  S extends AnySchema,
  Row,
  Owner extends AnyTable,
  Target extends AnyTable,
  Kind extends RelationKind,
  Name extends string,
  Options,
> = Flat<
  Omit<Row, Name> & {
    [Key in Name]: LoadedRelation<S, Owner, RelationDraft<Target, Kind>, Options>;
  }
>;
