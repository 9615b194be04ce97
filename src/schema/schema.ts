import type { EnumType, LogicalType } from "../ast/logical-type.ts";
import { ConfigError } from "../core/error.ts";
import { Column } from "./column.ts";
import { infoOf, isTable, type AnyTable, type AnyTableColumn, type TableInfo } from "./table.ts";

export type TableMap = Readonly<Record<string, AnyTable>>;

/** The tables of an application, checked against one another. */
export interface Schema<Tables extends TableMap = TableMap> {
  readonly tables: Tables;
}

/** A declared reference with its target found. */
export interface Reference {
  readonly from: AnyTableColumn;
  readonly to: AnyTableColumn;
  readonly target: TableInfo;
}

function refuse(message: string, hint?: string): never {
  throw new ConfigError(message, { code: "E_SCHEMA", hint });
}

/** Two columns can hold the same values; the storage may differ in what doesn't change the value. */
function sameKind(left: LogicalType, right: LogicalType): boolean {
  if (left.kind !== right.kind) return false;
  if (left.kind === "integer" && right.kind === "integer") return left.bits === right.bits;
  if (left.kind === "enum") return left === right;
  if (left.kind === "decimal" && right.kind === "decimal") {
    return left.precision === right.precision && left.scale === right.scale;
  }
  return true;
}

/** The references of a table's columns, with their targets. */
export function referencesOf(info: TableInfo): Reference[] {
  const references: Reference[] = [];
  for (const from of info.columns) {
    const { references: reference } = from.spec;
    if (reference === undefined) continue;
    const to = reference.target();
    const where = `references() of column "${from.key}" of table "${info.table}"`;
    if (!(to instanceof Column))
      refuse(`${where} does not give a column.`, "Write it as () => users.id.");
    if (!sameKind(from.type, to.type)) {
      refuse(
        `${where} points at a ${to.type.kind} column, but is ${from.type.kind}.`,
        "Give both columns one type.",
      );
    }
    // A column's source is a table or an alias of it; both are TableInfo.
    const target = to.source as TableInfo;
    const isUnique =
      to.spec.unique !== false || (to.spec.isPrimaryKey && target.primaryKey.length === 1);
    if (
      !isUnique &&
      !target.extras.some(
        ({ kind, columns }) => kind === "unique" && columns.length === 1 && columns[0] === to,
      )
    ) {
      refuse(
        `${where} points at "${target.table}"."${to.key}", which is neither a primary key nor unique.`,
      );
    }
    references.push({ from, to, target });
  }
  return references;
}

/** The enums of all columns, each once. */
export function enumsOf({ tables }: Schema): EnumType[] {
  const types = new Set<EnumType>();
  for (const table of Object.values(tables)) {
    for (const { type } of infoOf(table).columns) if (type.kind === "enum") types.add(type);
  }
  return [...types];
}

/** PostgreSQL keeps the names of enums among those of tables. */
function checkEnumNames(schema: Schema, tables: ReadonlyMap<string, string>): void {
  const names = new Set<string>();
  for (const { name } of enumsOf(schema)) {
    if (names.has(name))
      refuse(`Two enums are named "${name}".`, "Declare it once, and import it where it is used.");
    if (tables.has(name)) refuse(`An enum and a table are both named "${name}".`);
    names.add(name);
  }
}

/**
 * Gathers the tables of an application and checks them against one another.
 *
 * @throws {ConfigError} `E_SCHEMA` for two tables of one name, or a reference that points at nothing or at another type.
 */
export function defineSchema<const Tables extends TableMap>(tables: Tables): Schema<Tables> {
  const names = new Map<string, string>();
  for (const [key, table] of Object.entries(tables)) {
    if (!isTable(table))
      refuse(`"${key}" of the schema is not a table.`, "Pass what table() returned.");
    const info = infoOf(table);
    if (info.alias !== undefined)
      refuse(`"${key}" of the schema is an alias.`, "Pass the table itself.");
    const other = names.get(info.table);
    if (other !== undefined)
      refuse(`"${other}" and "${key}" of the schema are both named "${info.table}".`);
    names.set(info.table, key);
  }
  checkEnumNames({ tables }, names);
  for (const table of Object.values(tables)) {
    for (const { from, target } of referencesOf(infoOf(table))) {
      if (!names.has(target.table)) {
        refuse(
          `Column "${from.key}" of table "${infoOf(table).table}" points at "${target.table}", which the schema lacks.`,
          "Add the table to defineSchema().",
        );
      }
    }
  }
  return { tables };
}
