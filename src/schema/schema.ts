import type { EnumType } from "../ast/logical-type.ts";
import { referencesOf, refuse } from "./reference.ts";
import {
  relate,
  type CheckedRelations,
  type Relate,
  type Relation,
  type RelationDrafts,
  type RelationsByName,
  type SchemaRelations,
} from "./relation.ts";
import { resolveRelations } from "./resolve-relations.ts";
import { infoOf, isTable, type AnyTable, type AnyView, type TableInfo } from "./table.ts";

export type TableMap = Readonly<Record<string, AnyTable>>;

/** Asked of all at once, as most schemas have no view, which costs an editor little. */
type WithoutViews<Tables extends TableMap> = [Extract<Tables[keyof Tables], AnyView>] extends [
  never,
]
  ? Tables
  : { readonly [Key in keyof Tables as Tables[Key] extends AnyView ? never : Key]: Tables[Key] };

/** Tables and views, without what belongs to what. */
export interface DeclaredTables<Tables extends TableMap = TableMap> {
  readonly tables: Tables;
  readonly views: Readonly<Record<string, AnyView>>;
}

/** The tables of an application, checked against one another, its views, and what belongs to what. */
// oxlint-disable-next-line typescript/no-empty-object-type -- no relations: no key leads to one.
export interface Schema<Tables extends TableMap = TableMap, R = {}> extends DeclaredTables<Tables> {
  /** The relations by the keys of their tables and their own, for conditions over related rows and for `load`. */
  readonly relations: SchemaRelations<Tables, R>;
  /** Type-level only; never set. */
  readonly "~relations": RelationsByName<Tables, R>;
}

/** Any schema, whatever its tables and relations. */
export interface AnySchema extends DeclaredTables {
  readonly relations: object;
  readonly "~relations": object;
}

type OfTables = ReadonlyMap<TableInfo, Readonly<Record<string, Relation>>>;

let areRelationsDeclared = false;

/** Whether a schema of the program has relations, as far as it has declared them by now. */
export function hasRelations(): boolean {
  return areRelationsDeclared;
}

const relationsOfSchemas = new WeakMap<AnySchema, OfTables>();
const NONE: Readonly<Record<string, Relation>> = {};

/** The relations of a table, by their names. */
export function relationsOf(
  schema: AnySchema,
  table: TableInfo,
): Readonly<Record<string, Relation>> {
  let known = relationsOfSchemas.get(schema);
  if (known === undefined) {
    const all = schema.relations as Readonly<Record<string, Readonly<Record<string, Relation>>>>;
    const tables = Object.entries({ ...schema.tables, ...schema.views });
    known = new Map(tables.map(([key, own]) => [infoOf(own), all[key] ?? NONE]));
    relationsOfSchemas.set(schema, known);
  }
  return known.get(table) ?? NONE;
}

/** What tells tables and enums apart. */
function keyOf({ schema, name }: { readonly schema?: string | undefined; name: string }): string {
  return JSON.stringify([schema, name]);
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
 * @param relations What belongs to what, by the keys of the tables.
 * @throws {ConfigError} `E_SCHEMA` for two tables of one name, a reference that points at nothing or at another type, or a
 * relation whose columns can't be told.
 * @example
 * const schema = defineSchema({ users, posts }, (r) => ({
 *   users: { posts: r.many(posts) },
 *   posts: { author: r.one(users) },
 * }));
 */
export function defineSchema<const Given extends TableMap, const R extends RelationDrafts>(
  given: Given,
  // Not optional, as the compiler then says which relation is wrong, and not all that there are.
  relations: (r: Relate) => R extends CheckedRelations<Given, R> ? R : CheckedRelations<Given, R>,
): Schema<WithoutViews<Given>, R>;
/** Gathers tables and views that have no relations, and checks them against one another. */
export function defineSchema<const Given extends TableMap>(
  given: Given,
): Schema<WithoutViews<Given>>;
export function defineSchema<const Given extends TableMap>(
  given: Given,
  relations?: (r: Relate) => RelationDrafts,
): Schema<WithoutViews<Given>> {
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
      refuse(
        `"${other}" and "${key}" of the schema are both named "${info.table}".`,
        "Declare a table once. alias() reads it twice in one query.",
      );
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
  const drafts = relations?.(relate) ?? {};
  areRelationsDeclared ||= Object.keys(drafts).length > 0;
  return {
    tables,
    views: Object.fromEntries(ofViews),
    relations: resolveRelations(given, drafts),
  } as unknown as Schema<WithoutViews<Given>>;
}
