/** The contract of reading what a database holds, in the words in which declarations are resolved. */

import type { EnumType, LogicalType } from "../../ast/logical-type.ts";
import type { Model, TableModel, ViewModel } from "../../schema/model.ts";
import { keyOf } from "../../schema/moves.ts";
import type { ServerInfo } from "../capabilities.ts";
import type { TypeMap } from "../values/type-map.ts";

/** What a model has no word for. A `clause` is a part of a table, a column or a key. */
export type ForeignKind =
  | "cast"
  | "clause"
  | "collation"
  | "composite type"
  | "domain"
  | "engine"
  | "enum"
  | "event"
  | "exclusion constraint"
  | "extension"
  | "foreign key"
  | "foreign data wrapper"
  | "foreign server"
  | "foreign table"
  | "function"
  | "index"
  | "inheritance"
  | "operator"
  | "operator class"
  | "partitioning"
  | "policy"
  | "procedure"
  | "publication"
  | "range type"
  | "row security"
  | "rule"
  | "sequence"
  | "statistics"
  | "subscription"
  | "table"
  | "text search"
  | "trigger"
  | "view";

/** Something that the database has and no declaration can say. It is told, and left alone. */
export interface ForeignObject {
  readonly kind: ForeignKind;
  readonly name: string;
  /** The database's schema, where that isn't the connection's own. */
  readonly schema?: string;
  /** The table that it belongs to. */
  readonly table?: string;
  /** What it is, in a few words of the database's. */
  readonly detail?: string;
}

export interface InspectOptions {
  /** Only these; a `*` stands for any text. */
  readonly tables?: readonly string[];
  /** None of these; a `*` stands for any text. */
  readonly ignore?: readonly string[];
  /** Instead of the connection's own schema, which `""` stands for; where schemas are databases, they are databases. */
  readonly schemas?: readonly string[];
  /** Whether the tables in which migrations are remembered are among the others, to be looked at. Default false. */
  readonly hasHistories?: boolean;
}

export interface Inspection {
  readonly model: Model;
  readonly others: readonly ForeignObject[];
}

export type CatalogueRow = Readonly<Record<string, unknown>>;

export interface Introspection {
  /** Runs a query that stands as it is, and gives rows by the names of columns. */
  ask(text: string): Promise<readonly CatalogueRow[]>;
  readonly server: ServerInfo;
  readonly types: TypeMap;
  /** A text as a literal of a query. */
  literal(text: string): string;
  readonly options: InspectOptions;
}

/** Few queries for everything, whatever the number of tables. */
export type Introspect = (introspection: Introspection) => Promise<Inspection>;

/** Plinth's own, which no schema declares. */
const OWN_TABLES = new Set(["plinth_migrations"]);

function patternOf(text: string): RegExp {
  const parts = text
    .split("*")
    .map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join(".*")}$`, "s");
}

/** Tells which tables and views are asked for. */
export function createFilter({
  hasHistories = false,
  ignore = [],
  tables,
}: InspectOptions): (name: string) => boolean {
  const wanted = tables?.map(patternOf);
  const unwanted = ignore.map(patternOf);
  return (name) =>
    (hasHistories || !OWN_TABLES.has(name)) &&
    (wanted === undefined || wanted.some((pattern) => pattern.test(name))) &&
    !unwanted.some((pattern) => pattern.test(name));
}

/** A cell that is text, or `absent` where it is NULL. */
export function textOr(value: unknown, absent = ""): string {
  return typeof value === "string" ? value : absent;
}

/** Rows by what one of their columns says. */
export function groupBy<Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}

function enumOf(type: LogicalType): EnumType | undefined {
  if (type.kind === "array") return enumOf(type.element);
  return type.kind === "enum" ? type : undefined;
}

/** The enums that columns are of, each once, beside those that the database keeps by themselves. */
export function enumsOfTables(
  tables: readonly Pick<TableModel, "columns">[],
  own: readonly EnumType[] = [],
): EnumType[] {
  const found = new Map(own.map((type) => [JSON.stringify([type.schema, type.name]), type]));
  for (const { columns } of tables) {
    for (const { type } of columns) {
      const known = enumOf(type);
      if (known === undefined) continue;
      const key = JSON.stringify([known.schema, known.name]);
      if (!found.has(key)) found.set(key, known);
    }
  }
  return [...found.values()];
}

/** Those that others read come before them. */
export function inOrder(views: readonly ViewModel[]): ViewModel[] {
  const left = new Map(views.map((view) => [keyOf(view), view]));
  const done: ViewModel[] = [];
  const visit = (view: ViewModel | undefined): void => {
    if (view === undefined || !left.delete(keyOf(view))) return;
    for (const place of view.reads) visit(left.get(keyOf(place)));
    done.push(view);
  };
  for (const view of views) visit(view);
  return done;
}
