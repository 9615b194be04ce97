import type { FragmentNode, Source, SourceScope } from "../ast/expression.ts";
import type { SelectStatement } from "../ast/statement.ts";
import { isCaseInsensitive } from "../ast/folding.ts";
import { intern } from "../ast/logical-type.ts";
import { ConfigError } from "../core/error.ts";
import { Column, type AnyColumnBuilder, type ColumnSpec } from "./column.ts";
import type { Asked } from "./encrypted.ts";
import { boundType, checkEncrypted } from "./check-encrypted.ts";
import type { TableExtra } from "./constraints.ts";
import { sourceScopesOf } from "./scope.ts";
import { softDeleteOf, type SoftDelete } from "./soft-delete.ts";

export type ColumnMap = Readonly<Record<string, AnyColumnBuilder>>;
export type AnyTableColumn = Column<string, unknown>;

const TABLE: unique symbol = Symbol("plinth.table");

/** Type-level only; never set. A symbol, so that a column may have any name. */
declare const COLUMNS: unique symbol;
declare const NAME: unique symbol;
declare const WRITES: unique symbol;
declare const ALIASED: unique symbol;

export interface TableBase<Name extends string, Columns> {
  readonly [TABLE]: TableInfo;
  readonly [COLUMNS]: Columns;
  readonly [NAME]: Name;
}

/** A table: an object with a column under each key. */
export type Table<Name extends string = string, Columns extends ColumnMap = ColumnMap> = TableBase<
  Name,
  Columns
> & {
  readonly [Key in keyof Columns]: Column<
    Name,
    Asked<Columns[Key]["~value"], Columns[Key]["~trait"]>
  >;
};

/** Any table, whatever its columns. */
// oxlint-disable-next-line typescript/no-explicit-any -- `ColumnMap` has an index signature, which a table has not.
export type AnyTable = TableBase<string, any>;

/** Type-level only: what an alias is one of. */
export interface AliasOf<Own extends string> {
  readonly [ALIASED]: Own;
}

/** A table under another name in a query. */
export type Alias<
  Own extends string,
  Name extends string,
  Columns extends ColumnMap,
> = AliasOf<Own> & Table<Name, Columns>;

/** A view: to reads it is a table. */
export type View<Name extends string = string, Columns extends ColumnMap = ColumnMap> = Table<
  Name,
  Columns
> & { readonly [WRITES]: "never to a view" };

/** A view whose rows are kept until it is refreshed. */
export type MaterializedView<
  Name extends string = string,
  Columns extends ColumnMap = ColumnMap,
> = Table<Name, Columns> & { readonly [WRITES]: "never to a materialized view" };

// oxlint-disable-next-line typescript/no-explicit-any -- `ColumnMap` has an index signature, which a view has not.
export type AnyMaterializedView = TableBase<string, any> & {
  readonly [WRITES]: "never to a materialized view";
};

/** Any view, whatever its columns. */
export type AnyView =
  | AnyMaterializedView
  // oxlint-disable-next-line typescript/no-explicit-any -- as above.
  | (TableBase<string, any> & { readonly [WRITES]: "never to a view" });

/** A table that rows may be written to. */
export type WritableTable = AnyTable & { readonly [WRITES]?: "to tables alone" };

export type ColumnsOf<T extends AnyTable> = T[typeof COLUMNS];
export type NameOf<T extends AnyTable> = T[typeof NAME];

/** Spreads an intersection, so that an editor shows the members. */
export type Flat<T> = { [Key in keyof T]: T[Key] } & {};

type Row<Columns extends ColumnMap> = {
  -readonly [Key in keyof Columns]: Columns[Key]["~value"];
} & {};

/** The type of a table's rows. */
export type RowOf<T extends AnyTable> = Row<ColumnsOf<T>>;

type OptionalKey<Columns extends ColumnMap> = {
  [Key in keyof Columns]: null extends Columns[Key]["~value"]
    ? Key
    : "default" extends Columns[Key]["~trait"]
      ? Key
      : never;
}[keyof Columns];

type GeneratedKey<Columns extends ColumnMap> = {
  [Key in keyof Columns]: "generated" extends Columns[Key]["~trait"] ? Key : never;
}[keyof Columns];

/** Asked of all columns at once, as most tables have none, which costs an editor little. */
type WithoutGenerated<
  Columns extends ColumnMap,
  Shape,
> = "generated" extends Columns[keyof Columns]["~trait"]
  ? Flat<Omit<Shape, GeneratedKey<Columns>>>
  : Shape;

/** Whether queries leave out rows of the table that are soft-deleted. */
export type HidesRows<T extends AnyTable> =
  "softDelete" extends ColumnsOf<T>[keyof ColumnsOf<T>]["~trait"]
    ? "shown" extends ColumnsOf<T>[keyof ColumnsOf<T>]["~trait"]
      ? false
      : true
    : false;

/** What is meant, for a table with `softDelete()`; else a sentence that the compiler prints. */
export type IfSoft<
  T extends AnyTable,
  Then = T,
> = "softDelete" extends ColumnsOf<T>[keyof ColumnsOf<T>]["~trait"]
  ? Then
  : `'${NameOf<T>}' has no softDelete()`;

/** The type of a table's rows without what the database computes. */
export type WritableOf<T extends AnyTable> = WithoutGenerated<ColumnsOf<T>, RowOf<T>>;

type VersionKey<Columns extends ColumnMap> = {
  [Key in keyof Columns]: "version" extends Columns[Key]["~trait"] ? Key : never;
}[keyof Columns];

/** The number that a row's `version()` column holds; never for a table without one. */
export type VersionOf<T extends AnyTable> =
  "version" extends ColumnsOf<T>[keyof ColumnsOf<T>]["~trait"] ? number : never;

/** The type of a table's rows without what an update can't set. */
export type UpdatableOf<T extends AnyTable> =
  "version" extends ColumnsOf<T>[keyof ColumnsOf<T>]["~trait"]
    ? Flat<Omit<WritableOf<T>, VersionKey<ColumnsOf<T>>>>
    : WritableOf<T>;

type NewRow<Columns extends ColumnMap> = Flat<
  {
    -readonly [Key in Exclude<keyof Columns, OptionalKey<Columns>>]: Columns[Key]["~value"];
  } & {
    -readonly [
      Key in Exclude<OptionalKey<Columns>, GeneratedKey<Columns>>
    ]?: Columns[Key]["~value"];
  }
>;

/** The type of a row to insert: columns that may be NULL or have a default may be left out. */
export type NewRowOf<T extends AnyTable> = WithoutGenerated<ColumnsOf<T>, NewRow<ColumnsOf<T>>>;

type KeyColumn<Columns extends ColumnMap> = {
  [Key in keyof Columns]: "key" extends Columns[Key]["~trait"] ? Key : never;
}[keyof Columns];

/** The keys of the columns that make the primary key. */
export type KeyNameOf<T extends AnyTable> = KeyColumn<ColumnsOf<T>>;

export type IsUnion<T, All = T> = T extends unknown ? ([All] extends [T] ? false : true) : never;

type KeyOfColumns<Columns extends ColumnMap, Keys extends keyof Columns> = [Keys] extends [never]
  ? never
  : IsUnion<Keys> extends true
    ? { [Key in Keys]: Columns[Key]["~value"] }
    : Columns[Keys]["~value"];

/** A table's primary key: the column's value, or an object of the columns of a composite key. */
export type KeyOf<T extends AnyTable> = KeyOfColumns<ColumnsOf<T>, KeyColumn<ColumnsOf<T>>>;

/** What a view is made of. */
export interface ViewSpec {
  readonly isMaterialized: boolean;
  /** Undefined for one that Plinth doesn't make. */
  readonly query: FragmentNode<unknown, string> | SelectStatement | undefined;
}

const insertedRows = new WeakSet<Source>();
const aliases = new WeakMap<TableInfo, TableInfo>();

/** What an alias is one of; any other table is its own. */
export function aliasedBy(info: TableInfo): TableInfo {
  return aliases.get(info) ?? info;
}

/** Whether the source is the row that an insert would have written. */
export function isInserted(source: Source): boolean {
  return insertedRows.has(source);
}

/** @param own An alias of the table, whose columns are meant. */
type MakeExtras = (own?: AnyTable) => readonly TableExtra[];

/** Columns that an insert named. */
export interface InsertedColumns {
  readonly columns: readonly AnyTableColumn[];
  /**
   * The values of rows each of which names just these, in this order, and has plain values for them: one row after the
   * other. Undefined where there is another one among them, or where they are many.
   */
  cellsOf(rows: readonly Readonly<Record<string, unknown>>[]): readonly unknown[] | undefined;
}

/** A table as passes see it. It stands for the table, or for an alias of it, in a query's tree. */
export class TableInfo implements Source {
  readonly table: string;
  readonly alias: string | undefined;
  readonly schema: string | undefined;
  /** What it is a view of; undefined for a table. */
  readonly view: ViewSpec | undefined;
  readonly isView: boolean;
  /** In the order of the declaration. */
  readonly columns: readonly AnyTableColumn[];
  readonly primaryKey: readonly AnyTableColumn[];
  /** Those that every update gives a value of their own: its time, or the row's next version. */
  readonly kept: readonly AnyTableColumn[];
  /** Those by whose values clients see only rows of their own. */
  readonly scoped: readonly AnyTableColumn[];
  /** The primary key, where that is one number that the database counts up, and no more than any program can hold. */
  readonly counted: AnyTableColumn | undefined;
  /** Those for which the program makes a value where a row brings none. */
  readonly made: readonly AnyTableColumn[];
  /** Whether a column is called as what every object inherits, such as `constructor`. */
  readonly hasInheritedKeys: boolean;
  /** The columns of soft deletion, where the table has them. */
  readonly softDelete: SoftDelete | undefined;
  /** What the last insert named, which the next mostly names, too: so its columns needn't be looked for. */
  lastInserted: InsertedColumns | undefined = undefined;
  /** The same of the last update. */
  lastSet: readonly AnyTableColumn[] = [];
  readonly #byKey: ReadonlyMap<string, AnyTableColumn>;
  readonly #makeExtras: MakeExtras | undefined;
  #scopes: readonly SourceScope[] | undefined;
  #inserted: TableInfo | undefined;
  readonly #aliases = new Map<string, AnyTable>();

  constructor(
    table: string,
    alias: string | undefined,
    specs: readonly (readonly [string, ColumnSpec])[],
    makeExtras: MakeExtras | undefined,
    schema?: string,
    view?: ViewSpec,
  ) {
    this.table = table;
    this.alias = alias;
    this.schema = schema;
    this.view = view;
    this.isView = view !== undefined;
    this.columns = specs.map(([key, spec]) => new Column<string, unknown>(this, key, spec));
    this.primaryKey = this.columns.filter((column) => column.spec.isPrimaryKey);
    this.kept = this.columns.filter((column) => column.spec.keeps !== undefined);
    this.scoped = this.columns.filter((column) => column.spec.scope !== undefined);
    const [key, ...otherKeys] = this.primaryKey;
    const isCounted = key?.spec.isAutoIncrement === true && key.type.kind === "integer";
    this.counted = isCounted && otherKeys.length === 0 ? key : undefined;
    this.made = this.columns.filter((column) => column.spec.clientDefault !== undefined);
    this.hasInheritedKeys = this.columns.some((column) => column.key in Object.prototype);
    this.softDelete = softDeleteOf(table, this.columns);
    this.#byKey = new Map(this.columns.map((column) => [column.key, column]));
    this.#makeExtras = makeExtras;
  }

  column(key: string): AnyTableColumn | undefined {
    return this.#byKey.get(key);
  }

  /** Indexes and constraints declared beside the columns. Those of an alias are of the table's own columns. */
  get extras(): readonly TableExtra[] {
    return this.#makeExtras?.() ?? [];
  }

  /** What queries see of the rows by themselves; of an alias by its own columns. */
  get scopes(): readonly SourceScope[] {
    if (this.#scopes === undefined) {
      const declared = this.#makeExtras?.(tableOf(this)) ?? [];
      const specs = declared.filter((extra) => extra.kind === "scope");
      this.#scopes = sourceScopesOf(this.table, this.columns, this.softDelete, specs);
    }
    return this.#scopes;
  }

  /** The row that an insert would have written, where one with its key exists. */
  get inserted(): TableInfo {
    if (this.#inserted === undefined) {
      const specs = this.columns.map((column) => [column.key, column.spec] as const);
      this.#inserted = new TableInfo(this.table, "excluded", specs, undefined, this.schema);
      insertedRows.add(this.#inserted);
    }
    return this.#inserted;
  }

  /** The alias is made once, as columns are told apart by identity and an alias made anew would be a new shape. */
  aliased(alias: string): AnyTable {
    let table = this.#aliases.get(alias);
    if (table === undefined) {
      const specs = this.columns.map((column) => [column.key, column.spec] as const);
      const info = new TableInfo(
        this.table,
        alias,
        specs,
        this.#makeExtras,
        this.schema,
        this.view,
      );
      aliases.set(info, aliasedBy(this));
      table = tableOf(info);
      this.#aliases.set(alias, table);
    }
    return table;
  }
}

export function tableOf(info: TableInfo): AnyTable {
  // Not of `Object.create(null)`, whose result is a hash table to the engine: queries read columns from it all the time.
  const table: object = Object.setPrototypeOf({}, null);
  // Defined, not assigned: a column may be called `__proto__`.
  Object.defineProperty(table, TABLE, { value: info });
  for (const column of info.columns)
    Object.defineProperty(table, column.key, { value: column, enumerable: true });
  return Object.freeze(table) as AnyTable;
}

/** What isn't declared and stands as a table in a query: an object of its columns, frozen. */
export function tableLike(source: Source, members: object): AnyTable {
  Object.defineProperty(members, TABLE, { value: source });
  return Object.freeze(members) as AnyTable;
}

export function isTable(value: unknown): value is AnyTable {
  return typeof value === "object" && value !== null && TABLE in value;
}

/** What a table is in a query, declared or not. */
export function sourceOf(table: AnyTable): Source {
  return table[TABLE];
}

/** What a declared table is. */
export function infoOf(table: AnyTable): TableInfo {
  return table[TABLE];
}

/**
 * Declares a table.
 *
 * @param name The table's name in the database.
 * @param columns The columns by the keys that rows will have; a column's name is its key in snake case unless given.
 * @param extras Indexes and constraints over several columns.
 * @throws {ConfigError} `E_SCHEMA` when the declaration contradicts itself.
 */
export function table<const Name extends string, Columns extends ColumnMap>(
  name: Name,
  columns: Columns,
  extras?: (table: Table<Name, Columns>) => readonly TableExtra[],
): Table<Name, Columns> {
  return declareTable(undefined, name, columns, extras);
}

/** @param schema The database's schema, where that isn't the connection's own. */
export function declareTable<Name extends string, Columns extends ColumnMap>(
  schema: string | undefined,
  name: string,
  columns: Columns,
  extras: ((table: Table<Name, Columns>) => readonly TableExtra[]) | undefined,
): Table<Name, Columns> {
  if (name === "") throw new ConfigError("A table needs a name.", { code: "E_SCHEMA" });
  const specs = Object.entries(columns).map(([key, { spec }]) => {
    const type = boundType(name, key, spec);
    return [key, type === spec.type ? spec : { ...spec, type: intern(type) }] as const;
  });
  if (specs.length === 0)
    throw new ConfigError(`Table "${name}" has no columns.`, { code: "E_SCHEMA" });
  for (const [key, spec] of specs) checkColumn(name, key, spec);
  const makeExtras: MakeExtras | undefined =
    extras && ((own) => extras((own as Table<Name, Columns> | undefined) ?? declared));
  const info = new TableInfo(name, undefined, specs, makeExtras, schema);
  const declared = tableOf(info) as Table<Name, Columns>;
  return declared;
}

function checkColumn(table: string, key: string, spec: ColumnSpec): void {
  const where = `Column "${key}" of table "${table}"`;
  const { kind } = spec.type;
  checkEncrypted(where, spec);
  const hasOther =
    spec.default !== undefined || spec.clientDefault !== undefined || spec.keeps !== undefined;
  if (spec.generated !== undefined && (hasOther || spec.isPrimaryKey || spec.isAutoIncrement)) {
    throw new ConfigError(`${where} is generated, and can't be a key or have a default.`, {
      code: "E_SCHEMA",
    });
  }
  if (kind === "custom" && spec.default?.kind === "value") {
    throw new ConfigError(`${where} is of a custom type, whose default is SQL.`, {
      code: "E_SCHEMA",
      hint: "Write it as .default(sql`…`), or as .$default(() => …), which Plinth calls.",
    });
  }
  const isUnique = spec.unique !== false || spec.liveUnique !== undefined;
  const isKey = spec.isPrimaryKey || isUnique || spec.references !== undefined;
  if (kind === "array" && isKey) {
    throw new ConfigError(`${where} is an array, which is no key.`, { code: "E_SCHEMA" });
  }
  if (isCaseInsensitive(spec.type) && (spec.isPrimaryKey || spec.references !== undefined)) {
    throw new ConfigError(
      `${where} is caseInsensitive(), and can't be in a primary or foreign key.`,
      {
        code: "E_SCHEMA",
        hint: "Give the table a key of its own, and let this column be unique().",
      },
    );
  }
  if (spec.isAutoIncrement && kind !== "integer" && kind !== "bigint") {
    throw new ConfigError(`${where} can't be counted up.`, {
      code: "E_SCHEMA",
      hint: "autoIncrement() needs an integer or bigint.",
    });
  }
  if (spec.default?.kind === "now" && !["date", "time", "timestamp"].includes(kind)) {
    throw new ConfigError(`${where} has defaultNow(), which needs a timestamp, date or time.`, {
      code: "E_SCHEMA",
    });
  }
  if (spec.default?.kind === "random" && kind !== "uuid") {
    throw new ConfigError(`${where} has defaultRandom(), which needs a uuid.`, {
      code: "E_SCHEMA",
    });
  }
}

/** The same table under another name in a query, for joining it with itself. */
export function alias<Own extends string, Columns extends ColumnMap, const Name extends string>(
  table: TableBase<Own, Columns>,
  name: Name,
): Alias<Own, Name, Columns> {
  return infoOf(table).aliased(name) as Alias<Own, Name, Columns>;
}
