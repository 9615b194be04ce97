import { isCaseInsensitive } from "../ast/folding.ts";
import type { EnumType, LogicalType } from "../ast/logical-type.ts";
import { ConfigError } from "../core/error.ts";
import { Column, type ReferenceAction, type ReferenceOptions } from "./column.ts";
import {
  infoOf,
  isTable,
  type AnyTable,
  type AnyTableColumn,
  type AnyView,
  type TableInfo,
} from "./table.ts";

export type TableMap = Readonly<Record<string, AnyTable>>;

/** Asked of all at once, as most schemas have no view, which costs an editor little. */
type WithoutViews<Tables extends TableMap> = [Extract<Tables[keyof Tables], AnyView>] extends [
  never,
]
  ? Tables
  : { readonly [Key in keyof Tables as Tables[Key] extends AnyView ? never : Key]: Tables[Key] };

/** The tables of an application, checked against one another, and its views. */
export interface Schema<Tables extends TableMap = TableMap> {
  readonly tables: Tables;
  readonly views: Readonly<Record<string, AnyView>>;
}

/** A declared foreign key with its target found. */
export interface Reference {
  readonly name: string | undefined;
  readonly from: readonly AnyTableColumn[];
  /** As many, in the order of the key that they are. */
  readonly to: readonly AnyTableColumn[];
  readonly target: TableInfo;
  readonly onDelete: ReferenceAction;
  readonly onUpdate: ReferenceAction;
}

/** What tells tables and enums apart. */
function keyOf({ schema, name }: { readonly schema?: string | undefined; name: string }): string {
  return JSON.stringify([schema, name]);
}

function refuse(message: string, hint?: string): never {
  throw new ConfigError(message, { code: "E_SCHEMA", hint });
}

function describe(type: LogicalType): string {
  return isCaseInsensitive(type) ? `caseInsensitive() ${type.kind}` : type.kind;
}

/** Two columns can hold the same values; the storage may differ in what doesn't change the value. */
function sameKind(left: LogicalType, right: LogicalType): boolean {
  if (left.kind !== right.kind || isCaseInsensitive(left) || isCaseInsensitive(right)) return false;
  if (JSON.stringify(left.storage ?? {}) !== JSON.stringify(right.storage ?? {})) return false;
  if (left.kind === "integer" && right.kind === "integer") return left.bits === right.bits;
  if (left.kind === "enum" || left.kind === "custom") return left === right;
  if (left.kind === "decimal" && right.kind === "decimal") {
    return left.precision === right.precision && left.scale === right.scale;
  }
  return true;
}

/** The keys of a table that a foreign key may point at. */
function keysOf(target: TableInfo): (readonly AnyTableColumn[])[] {
  const single = target.columns.filter((column) => column.spec.unique !== false);
  const keys = target.extras.flatMap((extra) => (extra.kind === "unique" ? [extra.columns] : []));
  const ordered = target.extras.find((extra) => extra.kind === "primaryKey");
  return [ordered?.columns ?? target.primaryKey, ...single.map((column) => [column]), ...keys];
}

function referenceOf(
  from: readonly AnyTableColumn[],
  to: readonly unknown[],
  options: ReferenceOptions,
  where: string,
): Reference {
  const columns = to.filter((column) => column instanceof Column);
  if (columns.length < to.length || to.length === 0)
    refuse(`${where} does not give a column.`, "Write it as () => users.id.");
  if (columns.length !== from.length)
    refuse(`${where} has ${from.length} columns, and points at ${columns.length}.`);
  from.forEach((column, at) => {
    const { type } = columns[at]!;
    if (sameKind(column.type, type)) return;
    refuse(
      `${where} points at a ${describe(type)} column, but is ${describe(column.type)}.`,
      isCaseInsensitive(type) || isCaseInsensitive(column.type)
        ? "Foreign keys compare by exact characters; point at a key without caseInsensitive()."
        : "Give both columns one type.",
    );
  });
  // A column's source is a table or an alias of it; both are TableInfo.
  const target = columns[0]!.source as TableInfo;
  if (columns.some((column) => column.source !== target))
    refuse(`${where} points at columns of several tables.`);
  const key = keysOf(target).find(
    (candidate) =>
      candidate.length === columns.length && candidate.every((column) => columns.includes(column)),
  );
  if (key === undefined) {
    const names = columns.map((column) => `"${target.table}"."${column.key}"`).join(", ");
    refuse(`${where} points at ${names}, which is neither a primary key nor unique.`);
  }
  return {
    name: options.name,
    // MySQL takes the columns only in the order of the key.
    from: key.map((column) => from[columns.indexOf(column)]!),
    to: key,
    target,
    onDelete: options.onDelete ?? "no action",
    onUpdate: options.onUpdate ?? "no action",
  };
}

/** The foreign keys of a table, with their targets. */
export function referencesOf(info: TableInfo): Reference[] {
  const references: Reference[] = [];
  for (const from of info.columns) {
    const { references: reference } = from.spec;
    if (reference === undefined) continue;
    const where = `references() of column "${from.key}" of table "${info.table}"`;
    references.push(referenceOf([from], [reference.target()], reference, where));
  }
  for (const extra of info.extras) {
    if (extra.kind !== "foreignKey") continue;
    const to = extra.target();
    const where = `foreignKey() of table "${info.table}"`;
    references.push(referenceOf(extra.columns, Array.isArray(to) ? to : [to], extra, where));
  }
  return references;
}

/** The enums of all columns, each once. */
export function enumsOf({ tables }: Pick<Schema, "tables">): EnumType[] {
  const types = new Set<EnumType>();
  for (const table of Object.values(tables)) {
    for (const { type } of infoOf(table).columns) {
      const single = type.kind === "array" ? type.element : type;
      if (single.kind === "enum") types.add(single);
    }
  }
  return [...types];
}

/** PostgreSQL keeps the names of enums among those of tables. */
function checkEnumNames(schema: Pick<Schema, "tables">, tables: ReadonlyMap<string, string>): void {
  const names = new Set<string>();
  for (const type of enumsOf(schema)) {
    const { name } = type;
    const key = keyOf(type);
    if (names.has(key))
      refuse(`Two enums are named "${name}".`, "Declare it once, and import it where it is used.");
    if (tables.has(key)) refuse(`An enum and a table are both named "${name}".`);
    names.add(key);
  }
}

/**
 * Gathers the tables and views of an application and checks them against one another.
 *
 * @throws {ConfigError} `E_SCHEMA` for two tables of one name, or a reference that points at nothing or at another type.
 */
export function defineSchema<const Tables extends TableMap>(
  given: Tables,
): Schema<WithoutViews<Tables>> {
  const names = new Map<string, string>();
  for (const [key, table] of Object.entries(given)) {
    if (!isTable(table))
      refuse(`"${key}" of the schema is not a table.`, "Pass what table() returned.");
    const info = infoOf(table);
    if (info.alias !== undefined)
      refuse(`"${key}" of the schema is an alias.`, "Pass the table itself.");
    const name = keyOf({ schema: info.schema, name: info.table });
    const other = names.get(name);
    if (other !== undefined)
      refuse(`"${other}" and "${key}" of the schema are both named "${info.table}".`);
    names.set(name, key);
  }
  const entries = Object.entries(given);
  const ofViews = entries.filter(([, table]) => infoOf(table).isView);
  const tables = Object.fromEntries(entries.filter(([, table]) => !infoOf(table).isView));
  checkEnumNames({ tables }, names);
  for (const table of Object.values(tables)) {
    for (const { from, target } of referencesOf(infoOf(table))) {
      if (!names.has(keyOf({ schema: target.schema, name: target.table }))) {
        refuse(
          `Column "${from[0]!.key}" of table "${infoOf(table).table}" points at "${target.table}", which the schema lacks.`,
          "Add the table to defineSchema().",
        );
      }
    }
  }
  return { tables, views: Object.fromEntries(ofViews) } as unknown as Schema<WithoutViews<Tables>>;
}
