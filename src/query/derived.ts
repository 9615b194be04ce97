/** Selects that stand as tables in other queries. */

import { derive } from "../ast/derived.ts";
import { Expression } from "../ast/expression.ts";
import type { Inputs, SelectionRecord, SelectStatement } from "../ast/statement.ts";
import { ConfigError } from "../core/error.ts";
import { tableLike, type AnyTable, type ColumnsOf, type TableBase } from "../schema/table.ts";
import type { NullIf, ResultOf, Selection } from "./types.ts";

/** The columns of a select that stands as a table; nested as the select has them. */
type Outputs<Name extends string, S, Nullable extends string> = {
  readonly [Key in keyof S]: S[Key] extends Expression<unknown, string>
    ? Expression<S[Key]["~value"] | NullIf<S[Key]["~from"], Nullable>, Name>
    : Outputs<Name, S[Key] extends AnyTable ? Members<S[Key]> : S[Key], Nullable>;
};

/** The columns of a table, without what only a table has. */
type Members<T extends AnyTable> = Pick<T, keyof ColumnsOf<T> & keyof T>;

/** What `RowOf` reads a row's type from. */
type OutputColumns<Row> = {
  readonly [Key in keyof Row]: { readonly "~value": Row[Key]; readonly "~trait": never };
};

/** A select under a name: a table for `from` and joins, with a column for each member of its rows. */
export type QueryTable<
  Name extends string,
  S extends Selection,
  Nullable extends string,
> = TableBase<Name, OutputColumns<ResultOf<S, Nullable>>> &
  Outputs<Name, S extends AnyTable ? Members<S> : S, Nullable>;

/** What each one binds; its source, made once for its shape, holds no values. */
const inputs = new WeakMap<AnyTable, Inputs>();

export function inputsOf(table: AnyTable): Inputs | undefined {
  return inputs.get(table);
}

function membersOf(record: SelectionRecord): object {
  const members: object = Object.create(null);
  record.keys.forEach((key, index) => {
    const value = record.values[index]!;
    Object.defineProperty(members, key, {
      value: value instanceof Expression ? value : Object.freeze(membersOf(value)),
      enumerable: true,
    });
  });
  return members;
}

export function queryTable(statement: SelectStatement, name: string): AnyTable {
  if (name === "") throw new ConfigError("A query needs a name to be a table.");
  const values: unknown[] = [];
  const source = derive(statement, name, values);
  const table = tableLike(source, membersOf(source.record));
  inputs.set(table, { values, first: 0 });
  return table;
}
