/** Views: queries that the database keeps under a name. */

import { Expression, FragmentNode } from "../../ast/expression.ts";
import { nullableSources } from "../../ast/nullable.ts";
import { LIFT_ALL } from "../../ast/scoping.ts";
import type { SelectStatement, SourceColumn } from "../../ast/statement.ts";
import { typeOf } from "../../ast/type-of.ts";
import { BuildError, ConfigError } from "../../core/error.ts";
import { plainSpec, type ColumnBuilder, type ColumnSpec } from "../../schema/column.ts";
import type { CommentSpec } from "../../schema/comment.ts";
import type { IndexSpec } from "../../schema/index-spec.ts";
import {
  tableOf,
  TableInfo,
  type ColumnMap,
  type MaterializedView,
  type View,
} from "../../schema/table.ts";
import type { Executor } from "../client.ts";
import { queryTable, recursiveTable } from "./derived.ts";
import { checkGrouping } from "./grouping.ts";
import type { Scope } from "../run.ts";
import { SelectBuilder } from "./select.ts";
import { tableQuery } from "./table-query.ts";
import type { Sql } from "../sql.ts";
import type { Query } from "../types.ts";

/** The columns of a view of a query. */
export type ViewColumns<Row> = { readonly [Key in keyof Row]: ColumnBuilder<Row[Key]> };

/** Begins the query of a view, as a database begins one that it runs. */
export type ViewQueries = Pick<Executor, "from" | "select" | "with" | "withRecursive">;

/** A materialized view has indexes as a table does, and either may have a comment. */
type Extra = CommentSpec | IndexSpec;

function refuseRunning(): never {
  throw new BuildError("E_UNFINISHED", "The query of a view is declared, not run.", {
    hint: "Return it from the function without awaiting it.",
  });
}

/** A view's query is of whoever reads it, so that it says itself which rows it leaves out. */
const NOWHERE: Scope = {
  context: { actor: undefined, scopes: new Map(), lifts: LIFT_ALL },
  get plans() {
    return refuseRunning();
  },
  get runner() {
    return refuseRunning();
  },
};

const queries: ViewQueries = {
  from: (table) => tableQuery(NOWHERE, table),
  select: (selection) => new SelectBuilder(NOWHERE, selection),
  with: (name, query) => queryTable(query.statement, name, "with") as never,
  withRecursive: (name, first, makeNext, options) =>
    recursiveTable(
      name,
      first.statement,
      options?.distinct === true ? "union" : "union all",
      (self) => makeNext(self as never).statement,
    ) as never,
};

function refuse(view: string, message: string, hint: string): never {
  throw new ConfigError(`View "${view}" ${message}`, { code: "E_SCHEMA", hint });
}

/** What a declaration would say of the query's columns. */
function columnsOfQuery(
  view: string,
  statement: SelectStatement,
): (readonly [string, ColumnSpec])[] {
  const { keys, values } = statement.selection;
  const missing = nullableSources(statement);
  return keys.map((key, index) => {
    const value = values[index]!;
    if (!(value instanceof Expression))
      refuse(view, `has "${key}", which is an object of columns.`, "Select them one by one.");
    const type = typeOf(value);
    if (type === undefined)
      refuse(view, `has "${key}", whose type isn't known.`, "Give it one: sql`…`.as(integer()).");
    const isColumn = value.kind === "column" || value.kind === "output";
    if (type.kind === "enum" && !isColumn)
      refuse(view, `computes the enum "${key}".`, "Select the column itself.");
    const { nullable, source } = value as SourceColumn;
    const isNullable = !isColumn || nullable || missing.has(source);
    return [key, { ...plainSpec(type), nullable: isNullable }] as const;
  });
}

function statementOf(view: string, query: unknown): SelectStatement {
  const statement = (query as Partial<Query<unknown>> | undefined)?.statement;
  if (statement?.kind !== "select")
    refuse(view, "has no query.", "Write it as .as((q) => q.select({ … }).from(users)).");
  if (statement.lock !== undefined)
    refuse(view, "locks rows.", "Lock them in the query that reads the view.");
  checkGrouping(statement);
  return statement;
}

interface Place {
  readonly schema: string | undefined;
  readonly name: string;
  readonly isMaterialized: boolean;
}

function viewOf<Made>(
  { schema, name, isMaterialized }: Place,
  specs: readonly (readonly [string, ColumnSpec])[],
  query: FragmentNode<unknown, string> | SelectStatement | undefined,
  extras?: (view: Made) => readonly Extra[],
): Made {
  if (name === "") throw new ConfigError("A view needs a name.", { code: "E_SCHEMA" });
  const makeExtras = (): readonly Extra[] => {
    const made = extras?.(declared) ?? [];
    if (isMaterialized || made.every((extra) => extra.kind === "comment")) return made;
    return refuse(name, "has an index.", "Index the tables that it reads.");
  };
  const view = { isMaterialized, query };
  const info = new TableInfo(name, undefined, specs, makeExtras, schema, view);
  const declared = tableOf(info) as Made;
  return declared;
}

/** A view that waits for its query. */
export interface ViewBuilder<Name extends string> {
  /**
   * @param make Gets what begins a query, and gives the query. Its values become a part of the view.
   * @param extras A comment.
   */
  as<Row>(
    make: (queries: ViewQueries) => Query<Row>,
    extras?: (view: View<Name, ViewColumns<Row>>) => readonly CommentSpec[],
  ): View<Name, ViewColumns<Row>>;
}

/** A view whose columns are given, and that waits for its query. */
export interface ColumnsViewBuilder<Name extends string, Columns extends ColumnMap> {
  /** SQL that gives these columns in this order. */
  as(
    query: Sql<unknown>,
    extras?: (view: View<Name, Columns>) => readonly CommentSpec[],
  ): View<Name, Columns>;
  /** Somebody else makes it: `createTables` doesn't. */
  existing(): View<Name, Columns>;
}

/** As `ViewBuilder`. */
export interface MaterializedViewBuilder<Name extends string> {
  /**
   * @param make As for a view.
   * @param extras Indexes and a comment.
   */
  as<Row>(
    make: (queries: ViewQueries) => Query<Row>,
    extras?: (view: MaterializedView<Name, ViewColumns<Row>>) => readonly Extra[],
  ): MaterializedView<Name, ViewColumns<Row>>;
}

/** As `ColumnsViewBuilder`. */
export interface ColumnsMaterializedViewBuilder<Name extends string, Columns extends ColumnMap> {
  as(
    query: Sql<unknown>,
    extras?: (view: MaterializedView<Name, Columns>) => readonly Extra[],
  ): MaterializedView<Name, Columns>;
  existing(): MaterializedView<Name, Columns>;
}

/** Both kinds, with and without columns: what they are is told by the types of those who call it. */
export function buildView(place: Place, columns: ColumnMap | undefined): object {
  if (columns === undefined) {
    return {
      as(make: (queries: ViewQueries) => unknown, extras?: (view: unknown) => readonly Extra[]) {
        const statement = statementOf(place.name, make(queries));
        return viewOf(place, columnsOfQuery(place.name, statement), statement, extras);
      },
    };
  }
  const specs = Object.entries(columns).map(([key, { spec }]) => [key, spec] as const);
  if (specs.length === 0) refuse(place.name, "has no columns.", "Name those that it gives.");
  return {
    as(query: unknown, extras?: (view: unknown) => readonly Extra[]) {
      if (query instanceof FragmentNode) return viewOf(place, specs, query, extras);
      return refuse(place.name, "has columns, and no SQL that gives them.", "Write it as sql`…`.");
    },
    existing: () => viewOf(place, specs, undefined),
  };
}

/**
 * Declares a view: a query that the database keeps, to be read like a table.
 *
 * @param columns The columns by their keys, for a view of SQL text or one that exists already; a query tells its own.
 * @example
 * const active = view("active_user").as((q) => q.select({ id: users.id }).from(users).where(isNull(users.leftAt)));
 */
export function view<const Name extends string>(name: Name): ViewBuilder<Name>;
export function view<const Name extends string, Columns extends ColumnMap>(
  name: Name,
  columns: Columns,
): ColumnsViewBuilder<Name, Columns>;
export function view(name: string, columns?: ColumnMap): unknown {
  return buildView({ schema: undefined, name, isMaterialized: false }, columns);
}

/** Declares a view whose rows PostgreSQL keeps until `db.refresh(view)`. Other databases refuse to make it. */
export function materializedView<const Name extends string>(
  name: Name,
): MaterializedViewBuilder<Name>;
export function materializedView<const Name extends string, Columns extends ColumnMap>(
  name: Name,
  columns: Columns,
): ColumnsMaterializedViewBuilder<Name, Columns>;
export function materializedView(name: string, columns?: ColumnMap): unknown {
  return buildView({ schema: undefined, name, isMaterialized: true }, columns);
}
