/** Selects that stand as tables in other queries. */

import {
  derive,
  DerivedSource,
  type DerivedForm,
  type DerivedPart,
  type SetOperator,
} from "../../ast/derived.ts";
import { Expression, type Source } from "../../ast/expression.ts";
import type { Inputs, SelectionRecord, SelectStatement } from "../../ast/statement.ts";
import { leavesOf, refuseFolding } from "../../ast/folding.ts";
import { typeOf } from "../../ast/type-of.ts";
import { BuildError, ConfigError } from "../../core/error.ts";
import {
  sourceOf,
  tableLike,
  type AnyTable,
  type ColumnsOf,
  type TableBase,
} from "../../schema/table.ts";
import { isAlike } from "../alike.ts";
import { checkGrouping } from "./grouping.ts";
import { emptyStatement } from "../statement.ts";
import type { NullIf, ResultOf, Selection } from "../types.ts";

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

/** The members of two queries that are put together. */
export type SetColumns<Row, Other> = {
  readonly [Key in keyof Row]: Expression<Row[Key] | Other[Key & keyof Other]>;
};

type SameValue<Value, Other> = [Value & {}] extends [Other & {}]
  ? true
  : [Other & {}] extends [Value & {}]
    ? true
    : false;

/** `unknown` for rows with the same members; else a sentence that the compiler prints. */
export type SameMembers<Row, Other> = [keyof Row] extends [keyof Other]
  ? [keyof Other] extends [keyof Row]
    ? false extends { [Key in keyof Row]: SameValue<Row[Key], Other[Key & keyof Other]> }[keyof Row]
      ? "a query whose members have the same types"
      : unknown
    : "a query with the same members"
  : "a query with the same members";

/** What each one binds; its source, made once for its shape, holds no values. */
const inputs = new WeakMap<AnyTable, Inputs>();

/** @param source That of the table, whose lookup would cost a small read its share. */
export function inputsOf(table: AnyTable, source: Source = sourceOf(table)): Inputs | undefined {
  return source instanceof DerivedSource ? inputs.get(table) : undefined;
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

function tableOfParts(name: string, form: DerivedForm, parts: readonly DerivedPart[]): AnyTable {
  if (name === "") throw new ConfigError("A query needs a name to be a table.");
  for (const { operator, statement } of parts) {
    checkGrouping(statement);
    if (operator !== undefined && operator !== "union all")
      refuseFolding(operator, leavesOf(statement.selection));
  }
  const values: unknown[] = [];
  const source = derive(name, form, parts, values);
  const table = tableOf(source);
  inputs.set(table, { values, first: 0 });
  return table;
}

function tableOf(source: DerivedSource): AnyTable {
  return tableLike(source, membersOf(source.record));
}

/** The select as a table: in the place of one, or before the query that reads it. */
export function queryTable(
  statement: SelectStatement,
  name: string,
  form: "inline" | "with" = "inline",
): AnyTable {
  return tableOfParts(name, form, [{ operator: undefined, statement }]);
}

/** The rows of two selects put together, as a table. */
export function setTable(
  name: string,
  first: SelectStatement,
  operator: SetOperator,
  second: SelectStatement,
): AnyTable {
  return tableOfParts(name, "inline", [
    { operator: undefined, statement: closed(first) },
    { operator, statement: closed(matched(first, second)) },
  ]);
}

/** A table whose later rows are made from its earlier ones. */
export function recursiveTable(
  name: string,
  first: SelectStatement,
  operator: "union" | "union all",
  makeNext: (self: AnyTable) => SelectStatement,
): AnyTable {
  const base: DerivedPart = { operator: undefined, statement: closed(first) };
  const self = derive(name, "self", [base], []);
  const statement = matched(first, makeNext(tableOf(self)));
  return tableOfParts(name, "recursive", [base, { operator, statement }]);
}

/** The columns of a query that was put together of others. */
export function columnsOfQuery(statement: SelectStatement): AnyTable {
  return tableOf(statement.from as DerivedSource);
}

/** What may stand beside `union`: a select with an order, a limit or a `with` of its own stands in parentheses. */
function closed(statement: SelectStatement): SelectStatement {
  const { from, joins, limit, offset, orderBy } = statement;
  const hasWith = [from, ...joins.map((join) => join.source)].some(
    (source) => source instanceof DerivedSource && source.form !== "inline",
  );
  if (orderBy.length === 0 && limit === undefined && offset === undefined && !hasWith)
    return statement;
  const table = queryTable(statement, "part");
  const source = sourceOf(table) as DerivedSource;
  return emptyStatement(source, source.record, inputsOf(table));
}

/** The second select with its columns in the order of the first, as SQL puts them together by their places. */
function matched(first: SelectStatement, second: SelectStatement): SelectStatement {
  const { keys } = first.selection;
  const values = keys.map((key, index) => {
    const own = first.selection.values[index]!;
    const place = second.selection.keys.indexOf(key);
    const other = second.selection.values[place];
    if (
      !(own instanceof Expression) ||
      !(other instanceof Expression) ||
      keys.length !== second.selection.keys.length
    ) {
      throw new BuildError(
        "E_UNKNOWN_COLUMN",
        "Queries are put together when they select the same members, none of them nested.",
        { hint: `The first selects ${keys.join(", ")}.` },
      );
    }
    const [type, otherType] = [typeOf(own), typeOf(other)];
    if (type !== undefined && otherType !== undefined && !isAlike(type, otherType)) {
      throw new BuildError(
        "E_UNKNOWN_COLUMN",
        `"${key}" is ${type.kind} in one query and ${otherType.kind} in the other.`,
        { hint: "Select columns of one type." },
      );
    }
    return other;
  });
  return { ...second, selection: { keys, values, source: undefined } };
}
