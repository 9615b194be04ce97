import type { Expression } from "../ast/expression.ts";
import type { AnyTable, ColumnsOf, Flat, NameOf, NewRowOf, RowOf } from "../schema/table.ts";

/** What a select gives back: an object of expressions, tables and further objects. */
export interface SelectionInput {
  readonly [key: string]: Expression<unknown, string> | AnyTable | SelectionInput;
}

export type Selection = AnyTable | SelectionInput;

/** `null` where one of the tables may be missing in an outer join. */
type NullIf<From extends string, Nullable extends string> = [From & Nullable] extends [never]
  ? never
  : null;

type Member<Item, Nullable extends string> =
  Item extends Expression<unknown, string>
    ? Item["~value"] | NullIf<Item["~from"], Nullable>
    : Item extends AnyTable
      ? RowOf<Item> | NullIf<NameOf<Item>, Nullable>
      : { -readonly [Key in keyof Item]: Member<Item[Key], Nullable> };

/** The type of a select's rows. `Nullable` are the names of the tables that an outer join may leave out. */
export type ResultOf<S, Nullable extends string> = S extends AnyTable
  ? RowOf<S>
  : Flat<{ -readonly [Key in keyof S]: Member<S[Key], Nullable> }>;

/** A row to insert, in which a value may also be an expression. */
export type InsertRow<T extends AnyTable> = {
  [Key in keyof NewRowOf<T>]: NewRowOf<T>[Key] | Expression<NewRowOf<T>[Key], string>;
};

/** What an update sets: values or expressions, such as ``sql`${users.credits} - 1` ``. */
export type UpdateSet<T extends AnyTable> = {
  [Key in keyof ColumnsOf<T>]?:
    | ColumnsOf<T>[Key]["~value"]
    | Expression<ColumnsOf<T>[Key]["~value"], string>;
};

export type ColumnKey<T extends AnyTable> = keyof ColumnsOf<T> & string;

/** What a write without `returning()` tells. */
export interface WriteSummary {
  /** How many rows the write met, whether or not their values changed. */
  readonly affectedRows: number;
}
