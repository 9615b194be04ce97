import type { Expression } from "../ast/expression.ts";
import type { SelectStatement } from "../ast/statement.ts";
import type { Clear } from "../schema/encrypted.ts";
import type { AnyTable, Flat, NameOf, NewRowOf, RowOf, UpdatableOf } from "../schema/table.ts";

/** What a select gives back: an object of expressions, tables and further objects. */
export interface SelectionInput {
  readonly [key: string]: Expression<unknown, string> | AnyTable | SelectionInput;
}

export type Selection = AnyTable | SelectionInput;

/** `null` where one of the tables may be missing in an outer join. */
export type NullIf<From extends string, Nullable extends string> = [From & Nullable] extends [never]
  ? never
  : null;

type Member<Item, Nullable extends string> =
  Item extends Expression<unknown, string>
    ? Clear<Item["~value"]> | NullIf<Item["~from"], Nullable>
    : Item extends AnyTable
      ? RowOf<Item> | NullIf<NameOf<Item>, Nullable>
      : { -readonly [Key in keyof Item]: Member<Item[Key], Nullable> };

/** A table's row of which an outer join may leave all out: there is a row, and its columns are null. */
type MissingRow<S extends AnyTable> = { [Key in keyof RowOf<S>]: RowOf<S>[Key] | null } & {};

/** The type of a select's rows. `Nullable` are the names of the tables that an outer join may leave out. */
export type ResultOf<S, Nullable extends string> = S extends AnyTable
  ? [NameOf<S> & Nullable] extends [never]
    ? RowOf<S>
    : MissingRow<S>
  : Flat<{ -readonly [Key in keyof S]: Member<S[Key], Nullable> }>;

// An editor names a parameter by the innermost alias: `Insertable<{ id: string; name?: string }>` tells what to write.

type Insertable<New> = {
  [Key in keyof New]: New[Key] | Expression<New[Key], string>;
};

/** A read whose rows are of this type. */
export interface Query<Row> extends PromiseLike<Row[]> {
  readonly statement: SelectStatement;
}

/** A row to insert, in which a value may also be an expression. */
export type InsertRow<T extends AnyTable> = Insertable<NewRowOf<T>>;

/** Named, so that an editor prints the row once. */
export type OneOrMany<Row> = Row | readonly Row[];

type Settable<Row> = {
  [Key in keyof Row]?: Row[Key] | Expression<Row[Key], string>;
};

/** What an update sets: values or expressions, such as ``sql`${users.credits} - 1` ``. */
export type UpdateSet<T extends AnyTable> = Settable<UpdatableOf<T>>;

/** What a write without `returning()` tells. */
export interface WriteSummary {
  /** How many rows the write met, whether or not their values changed. */
  readonly affectedRows: number;
}
