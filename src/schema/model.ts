/** Declarations resolved: every name spelt, every constraint named, nothing but JSON. What migrations compare. */

import { storedTypeOf } from "../ast/sealed.ts";
import { isCaseInsensitive } from "../ast/folding.ts";
import type { EnumType, LogicalType } from "../ast/logical-type.ts";
import { ConfigError } from "../core/error.ts";
import type { ColumnSpec, ReferenceAction } from "./column.ts";
import type { IdentityOptions } from "./identity.ts";
import type { Names } from "./naming.ts";
import { Expression, type AnyExpression, type Source } from "../ast/expression.ts";
import type { FullTextSpec } from "./full-text.ts";
import type { IndexMethod, IndexSpec } from "./index-spec.ts";
import { indexCondition, liveRows, liveUniques, type LiveUnique } from "./live-unique.ts";
import { columnsOfSql, literalModel, resolveSql, type SqlModel } from "./sql-model.ts";
import { referencesOf } from "./reference.ts";
import { enumsOf, type DeclaredTables } from "./schema.ts";
import { infoOf, type AnyTableColumn, type TableInfo } from "./table.ts";

export type DefaultModel =
  /** `value` is what the column's type makes of it, so that a bigint or an instant is text, and bytes are so in hexadecimal. */
  | { readonly kind: "value"; readonly value: string | number | boolean }
  | { readonly kind: "now" }
  | { readonly kind: "random" }
  | { readonly kind: "sql"; readonly text: string };

export interface GeneratedModel {
  readonly sql: SqlModel;
  readonly isStored: boolean;
}

export interface ColumnModel {
  readonly name: string;
  readonly type: LogicalType;
  readonly nullable: boolean;
  readonly isAutoIncrement: boolean;
  readonly identity?: IdentityOptions;
  readonly default: DefaultModel | undefined;
  readonly generated: GeneratedModel | undefined;
  readonly comment?: string;
}

export interface KeyModel {
  readonly name: string;
  readonly columns: readonly string[];
}

export type IndexTermModel = (
  | {
      readonly column: string;
      /** Whether its texts stand in it as they are compared without regard to case. */
      readonly isFolded?: true;
    }
  | { readonly sql: SqlModel }
) & {
  readonly direction: "asc" | "desc";
  readonly operatorClass?: string;
  /** How much of a text MySQL keeps, in characters, or of bytes. */
  readonly prefix?: number;
};

/** `columns` are those that stand in it as themselves. */
export interface IndexModel extends KeyModel {
  readonly isUnique: boolean;
  readonly terms: readonly IndexTermModel[];
  readonly where: SqlModel | undefined;
  /** Absent: `"btree"`, which every database has. */
  readonly method?: Exclude<IndexMethod, "btree">;
  readonly included?: readonly string[];
  /** Of the words in its columns, and not of their values. */
  readonly fullText?: { readonly language: string };
}

export interface CheckModel {
  readonly name: string;
  readonly condition: SqlModel;
}

export interface ForeignKeyModel extends KeyModel {
  readonly target: string;
  /** The schema of the target, where that isn't the connection's own. */
  readonly targetSchema?: string;
  readonly targetColumns: readonly string[];
  readonly onDelete: ReferenceAction;
  readonly onUpdate: ReferenceAction;
}

export interface TableModel {
  readonly name: string;
  /** The database's schema, where that isn't the connection's own. */
  readonly schema?: string;
  readonly columns: readonly ColumnModel[];
  readonly primaryKey: KeyModel | undefined;
  readonly uniques: readonly KeyModel[];
  readonly indexes: readonly IndexModel[];
  readonly checks: readonly CheckModel[];
  readonly foreignKeys: readonly ForeignKeyModel[];
  readonly comment?: string;
}

/** A view, for one database: its text is in that database's words. */
export interface ViewModel extends Pick<
  TableModel,
  "columns" | "comment" | "indexes" | "name" | "schema"
> {
  readonly isMaterialized: boolean;
  /** The query, with literals where values stand. */
  readonly text: string;
  /** The tables and views that it reads. */
  readonly reads: readonly { readonly name: string; readonly schema?: string }[];
}

export interface Model {
  /** Each once, whatever the number of its columns. */
  readonly enums: readonly EnumType[];
  readonly tables: readonly TableModel[];
  /** Those that others read come before them. Absent where there are none. */
  readonly views?: readonly ViewModel[];
}

/** PostgreSQL cuts a name after 63 bytes, silently; MySQL refuses one over 64 characters. */
const MAX_NAME_BYTES = 63;

/** A short, stable digest (FNV-1a), to keep two long names apart; it need not resist anyone. */
function digest(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return (hash >>> 0).toString(36);
}

export function constraintName(table: string, columns: readonly string[], suffix: string): string {
  const name = [table, ...columns, suffix].join("_");
  if (Buffer.byteLength(name) <= MAX_NAME_BYTES) return name;
  const tail = `_${digest(name)}_${suffix}`;
  let head = name;
  while (Buffer.byteLength(head) > MAX_NAME_BYTES - tail.length || !head.isWellFormed())
    head = head.slice(0, -1);
  return head + tail;
}

/** What the database uses for rows without a value. */
export function resolveColumnDefault(column: AnyTableColumn): DefaultModel | undefined {
  const { default: spec } = column.spec;
  if (spec === undefined || spec.kind === "now" || spec.kind === "random") return spec;
  if (spec.kind === "sql") {
    if (spec.fragment.parts.length > 0) {
      throw new ConfigError(`The default of column "${column.key}" holds a value or a column.`, {
        code: "E_SCHEMA",
        hint: "Write the whole default as text: sql`…` without ${…}.",
      });
    }
    return { kind: "sql", text: spec.fragment.strings.join("") };
  }
  return { kind: "value", value: literalModel(spec.value, column.type) };
}

function generatedModel(
  { key, spec }: AnyTableColumn,
  sqlOf: (expression: AnyExpression, what: string) => SqlModel,
): GeneratedModel | undefined {
  if (spec.generated === undefined) return undefined;
  const expression = spec.generated.make();
  if (!(expression instanceof Expression)) {
    throw new ConfigError(`generatedAs() of column "${key}" gives no expression.`, {
      code: "E_SCHEMA",
      hint: "Write it as () => sql`…`.",
    });
  }
  const sql = sqlOf(expression as AnyExpression, `The generated column "${key}"`);
  return { sql, isStored: spec.generated.isStored };
}

function columnModel(
  column: AnyTableColumn,
  names: Names,
  sqlOf: (expression: AnyExpression, what: string) => SqlModel,
): ColumnModel {
  const { spec } = column;
  return {
    name: names.column(column),
    type: storedTypeOf(spec.type),
    nullable: spec.nullable,
    isAutoIncrement: spec.isAutoIncrement,
    ...(spec.identity !== undefined && { identity: spec.identity }),
    default: resolveColumnDefault(column),
    generated: generatedModel(column, sqlOf),
    ...(spec.comment !== undefined && { comment: spec.comment }),
  };
}

function uniqueName(spec: ColumnSpec, table: string, column: string): string {
  return typeof spec.unique === "string" ? spec.unique : constraintName(table, [column], "unique");
}

/** Keys that differ may be spelt alike, as `userId` and `user_id` are. */
function refuseEqualNames(info: TableInfo, names: Names): void {
  const keys = new Map<string, string>();
  for (const column of info.columns) {
    const name = names.column(column);
    const other = keys.get(name);
    if (other !== undefined) {
      throw new ConfigError(
        `"${other}" and "${column.key}" of table "${info.table}" are both named "${name}" in the database.`,
        { code: "E_SCHEMA", hint: 'Give one of them another name, such as text("other_name").' },
      );
    }
    keys.set(name, column.key);
  }
}

export function resolveTable(info: TableInfo, names: Names): TableModel {
  refuseEqualNames(info, names);
  const name = names.table(info.table);
  const namesOf = (columns: readonly AnyTableColumn[]): string[] =>
    columns.map((column) => names.column(column));
  const sqlOf = (expression: AnyExpression, what: string): SqlModel =>
    resolveSql(expression, (column) => {
      const own = info.columns.find((candidate) => candidate === column);
      if (own !== undefined) return names.column(own);
      throw new ConfigError(`${what} of table "${info.table}" names a column of another table.`, {
        code: "E_SCHEMA",
      });
    });
  const declaredUniques = info.extras.flatMap((extra): UniqueKey[] => {
    if (extra.kind !== "unique" || extra.isOfLive) return [];
    const names = namesOf(extra.columns);
    return [{ name: extra.name ?? constraintName(name, names, "unique"), columns: extra.columns }];
  });
  const checks = info.extras.flatMap((extra): CheckModel[] => {
    if (extra.kind !== "check") return [];
    const condition = sqlOf(extra.condition, "A check");
    const own = extra.name ?? constraintName(name, columnsOfSql(condition), "check");
    return [{ name: own, condition }];
  });
  const single = info.columns
    .filter((column) => column.spec.unique !== false)
    .map((column): UniqueKey => ({
      name: uniqueName(column.spec, name, names.column(column)),
      columns: [column],
    }));
  const uniques = [...single, ...declaredUniques];
  const isFolding = ({ columns }: UniqueKey): boolean =>
    columns.some((column) => isCaseInsensitive(column.type));
  const indexes = info.extras.flatMap((extra): IndexModel[] =>
    extra.kind === "index"
      ? [indexModel(extra, info, names, sqlOf)]
      : extra.kind === "fullText"
        ? [fullTextModel(extra, info, names)]
        : [],
  );
  const foreignKeys = referencesOf(info).map((reference): ForeignKeyModel => {
    const columns = namesOf(reference.from);
    return {
      name: reference.name ?? constraintName(name, columns, "fkey"),
      columns,
      target: names.table(reference.target.table),
      ...(reference.target.schema !== undefined && { targetSchema: reference.target.schema }),
      targetColumns: namesOf(reference.to),
      onDelete: reference.onDelete,
      onUpdate: reference.onUpdate,
    };
  });
  return {
    name,
    ...(info.schema !== undefined && { schema: info.schema }),
    columns: info.columns.map((column) => columnModel(column, names, sqlOf)),
    primaryKey: primaryKeyModel(info, name, namesOf),
    uniques: uniques
      .filter((key) => !isFolding(key))
      .map((key) => ({ name: key.name, columns: namesOf(key.columns) })),
    indexes: [
      ...uniques.filter(isFolding).map((key) => uniqueModel(key, names)),
      ...liveUniques(info).map((key) => liveUniqueModel(key, info, names, sqlOf)),
      ...indexes,
    ],
    checks,
    foreignKeys,
    ...commentModel(info),
  };
}

function commentModel({ extras, table }: TableInfo): { comment?: string } {
  const [first, second] = extras.filter((extra) => extra.kind === "comment");
  if (second !== undefined)
    throw new ConfigError(`Table "${table}" has two comments.`, { code: "E_SCHEMA" });
  return first === undefined ? {} : { comment: first.text };
}

interface UniqueKey {
  readonly name: string;
  readonly columns: readonly AnyTableColumn[];
}

function columnTerm(
  column: AnyTableColumn,
  direction: "asc" | "desc",
  names: Names,
): IndexTermModel {
  const term = { column: names.column(column), direction };
  return isCaseInsensitive(column.type) ? { ...term, isFolded: true } : term;
}

/** A constraint compares texts as they are, so that a key without regard to case is an index. */
function uniqueModel(key: UniqueKey, names: Names): IndexModel {
  return {
    name: key.name,
    columns: key.columns.map((column) => names.column(column)),
    isUnique: true,
    terms: key.columns.map((column) => columnTerm(column, "asc", names)),
    where: undefined,
  };
}

/** A constraint is of all rows, so that a key of live ones is an index, too. */
function liveUniqueModel(
  key: LiveUnique,
  info: TableInfo,
  names: Names,
  sqlOf: (expression: AnyExpression, what: string) => SqlModel,
): IndexModel {
  const columns = key.columns.map((column) => names.column(column));
  const name = key.name ?? constraintName(names.table(info.table), columns, "unique");
  const where = sqlOf(liveRows(info), "The condition of a key");
  return { ...uniqueModel({ ...key, name }, names), where };
}

function indexModel(
  index: IndexSpec,
  info: TableInfo,
  names: Names,
  sqlOf: (expression: AnyExpression, what: string) => SqlModel,
): IndexModel {
  const { parts: spec } = index;
  const condition = indexCondition(index, info);
  const all: string[] = [];
  const terms = spec.terms.map(({ expression, direction, ...more }): IndexTermModel => {
    const sql = sqlOf(expression, "An index");
    all.push(...columnsOfSql(sql));
    const { operatorClass, prefix } = more;
    // A column of another table is refused above.
    const term =
      expression.kind === "column"
        ? columnTerm(expression as AnyTableColumn, direction, names)
        : { sql, direction };
    return {
      ...term,
      ...(operatorClass === undefined ? {} : { operatorClass }),
      ...(prefix === undefined ? {} : { prefix }),
    };
  });
  const suffix = spec.isUnique ? "unique_idx" : "idx";
  const { method = "btree", included } = spec;
  for (const column of included ?? []) sqlOf(column, "An index");
  return {
    name: spec.name ?? constraintName(names.table(info.table), [...new Set(all)], suffix),
    columns: terms.flatMap((term) => ("column" in term ? [term.column] : [])),
    isUnique: spec.isUnique,
    terms,
    where: condition && sqlOf(condition, "The condition of an index"),
    ...(method === "btree" ? {} : { method }),
    ...(included === undefined ? {} : { included: included.map((column) => names.column(column)) }),
  };
}

/** The index's name, by which databases find what they keep of the words. */
export function fullTextName({ name, columns }: FullTextSpec, table: Source, names: Names): string {
  if (name !== undefined) return name;
  const parts = columns.map((column) => names.column(column));
  return constraintName(names.table(table.table), parts, "fulltext");
}

function fullTextModel(spec: FullTextSpec, info: TableInfo, names: Names): IndexModel {
  if (spec.columns.some((column) => column.source !== info)) {
    throw new ConfigError(
      `A full-text index of table "${info.table}" names a column of another table.`,
      { code: "E_SCHEMA" },
    );
  }
  const columns = spec.columns.map((column) => names.column(column));
  return fullTextModelOf(fullTextName(spec, info, names), columns, spec.language);
}

export function fullTextModelOf(
  name: string,
  columns: readonly string[],
  language: string,
): IndexModel {
  return {
    name,
    columns,
    isUnique: false,
    terms: columns.map((column) => ({ column, direction: "asc" })),
    where: undefined,
    fullText: { language },
  };
}

/** Types know the key by its columns, so that `primaryKey()` beside them only names and orders it. */
function primaryKeyModel(
  info: TableInfo,
  table: string,
  namesOf: (columns: readonly AnyTableColumn[]) => string[],
): KeyModel | undefined {
  const [spec, second] = info.extras.filter((extra) => extra.kind === "primaryKey");
  const columns = spec?.columns ?? info.primaryKey;
  const isSame =
    columns.length === info.primaryKey.length &&
    columns.every((column) => info.primaryKey.includes(column));
  if (!isSame || second !== undefined) {
    throw new ConfigError(`primaryKey() of table "${info.table}" is not its primary key.`, {
      code: "E_SCHEMA",
      hint: "Give each column of the key .primaryKey(); primaryKey(name).on(…) names all of them once.",
    });
  }
  if (columns.length === 0) return undefined;
  return { name: spec?.name ?? constraintName(table, [], "pkey"), columns: namesOf(columns) };
}

/** What has a name of its own among all tables of a schema. */
export interface SharedNames {
  readonly checks: boolean;
  readonly foreignKeys: boolean;
  readonly indexes: boolean;
  /** Primary keys and unique constraints. */
  readonly keys: boolean;
}

const ALL_SHARED: SharedNames = { checks: true, foreignKeys: true, indexes: true, keys: true };

/**
 * PostgreSQL keeps the names of tables and indexes together, MySQL those of foreign keys and of checks; each schema has
 * its own.
 */
function refuseEqualConstraints(tables: readonly TableModel[], shared: SharedNames): void {
  const relations = new Set<string>();
  const constraints = new Set<string>();
  const add = (known: Set<string>, place: readonly (string | undefined)[], name: string): void => {
    const key = JSON.stringify([...place, name]);
    if (known.has(key)) {
      throw new ConfigError(`Two tables, keys or constraints are named "${name}".`, {
        code: "E_SCHEMA",
        hint: 'Give one of them another name, such as index("other_name").on(…).',
      });
    }
    known.add(key);
  };
  for (const table of tables) {
    const { schema, primaryKey } = table;
    const place = (isShared: boolean): readonly (string | undefined)[] =>
      isShared ? [schema] : [schema, table.name];
    add(relations, [schema], table.name);
    const keys = [...(primaryKey === undefined ? [] : [primaryKey]), ...table.uniques];
    for (const { name } of keys) add(relations, place(shared.keys), name);
    for (const { name } of table.indexes) add(relations, place(shared.indexes), name);
    for (const { name } of table.foreignKeys) add(constraints, place(shared.foreignKeys), name);
    for (const { name } of table.checks) add(constraints, place(shared.checks), name);
  }
}

/** @param shared Default: all, as it must be for a schema of every database. */
export function resolveModel(
  schema: DeclaredTables,
  names: Names,
  shared: SharedNames = ALL_SHARED,
): Model {
  const tables = Object.values(schema.tables).map((table) => resolveTable(infoOf(table), names));
  refuseEqualConstraints(tables, shared);
  return { enums: enumsOf(schema), tables };
}
