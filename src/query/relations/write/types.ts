/** The types of what is written with a row: rows that belong to it, or that it belongs to. */

import type { RelationDraft, RelationKind } from "../../../schema/relation.ts";
import type { AnySchema } from "../../../schema/schema.ts";
import type { AnyTable, Flat, KeyNameOf, KeyOf, RowOf } from "../../../schema/table.ts";
import type { InsertRow } from "../../types.ts";
import type { RelationsOf } from "../types.ts";

/** The value of a table's key, or those of the parts of one. */
type KeyValue<T extends AnyTable> = RowOf<T>[KeyNameOf<T> & keyof RowOf<T>];

/** The columns that may hold such a key: types don't know which of them does. */
type Holding<Row, Key> = {
  [Name in keyof Row]-?: Key extends Row[Name] ? Name : never;
}[keyof Row];

type WithoutKey<Row, Key> = Flat<
  Omit<Row, Holding<Row, Key>> & Partial<Pick<Row, Holding<Row, Key> & keyof Row>>
>;

/**
 * A row that is made together with the one that it belongs to. What holds that row's key is set by itself, so that columns
 * of the key's type may be left out; which of them have to be there is checked before anything is sent.
 */
export type RelatedRow<
  S extends AnySchema,
  T extends AnyTable,
  Owner extends AnyTable,
> = WithoutKey<InsertRow<T>, KeyValue<Owner>> & RelatedInserts<S, T>;

interface InsertOne<S extends AnySchema, T extends AnyTable, Owner extends AnyTable> {
  /** Makes the row. */
  readonly create?: RelatedRow<S, T, Owner>;
  /** The key of a row that is there. */
  readonly connect?: KeyOf<T>;
}

interface InsertMany<S extends AnySchema, T extends AnyTable, Owner extends AnyTable> {
  /** Makes rows, each with what belongs to it in turn. */
  readonly create?: readonly RelatedRow<S, T, Owner>[];
  /** The keys of rows that are there. */
  readonly connect?: readonly KeyOf<T>[];
}

interface ChangeOne<
  S extends AnySchema,
  T extends AnyTable,
  Owner extends AnyTable,
> extends InsertOne<S, T, Owner> {
  /** Leaves the row without one. */
  readonly disconnect?: true;
}

interface ChangeMany<
  S extends AnySchema,
  T extends AnyTable,
  Owner extends AnyTable,
> extends InsertMany<S, T, Owner> {
  /** The keys of rows that are to belong to it no more. One that doesn't is left alone. */
  readonly disconnect?: readonly KeyOf<T>[];
  /** The keys of those that are to belong to it, and no others. */
  readonly set?: readonly KeyOf<T>[];
}

/** What `with` of an insert takes. */
export type RelatedInserts<S extends AnySchema, T extends AnyTable> = {
  readonly [Name in keyof RelationsOf<S, T>]?: RelationsOf<S, T>[Name] extends RelationDraft<
    infer Target,
    infer Kind extends RelationKind
  >
    ? Kind extends "many"
      ? InsertMany<S, Target, T>
      : InsertOne<S, Target, T>
    : never;
};

/** What `relate` takes. */
export type RelatedChanges<S extends AnySchema, T extends AnyTable> = {
  readonly [Name in keyof RelationsOf<S, T>]?: RelationsOf<S, T>[Name] extends RelationDraft<
    infer Target,
    infer Kind extends RelationKind
  >
    ? Kind extends "many"
      ? ChangeMany<S, Target, T>
      : ChangeOne<S, Target, T>
    : never;
};
