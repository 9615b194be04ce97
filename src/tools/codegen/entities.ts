/** A model as the sections of a module: what is declared, and what each is called. Pure: from data to data. */

import type { EnumType, LogicalType, StorageSettings } from "../../ast/logical-type.ts";
import type { ForeignObject } from "../../dialect/server/introspector.ts";
import { ConfigError } from "../../core/error.ts";
import type { CustomForm } from "../../dialect/values/type-map.ts";
import type { ForeignKeyModel, Model, TableModel, ViewModel } from "../../schema/model.ts";
import { keyOf, type Place } from "../../schema/moves.ts";
import { spell, type Names } from "../../schema/naming.ts";
import { arrow, call, callOf, code, list, object, quoted, type Code, type Member } from "./code.ts";
import { customCode } from "./custom-code.ts";
import { columnKeys, Constants, identifierOf, type ColumnKey } from "./identifiers.ts";
import { customKey, type Known } from "./merge/known.ts";
import { relationCode } from "./relation-code.ts";
import { planRelations, type RelatedTable, type RelationPlan } from "./relation-plan.ts";
import {
  columnsObject,
  extrasCode,
  tableCode,
  tableParts,
  type TableContext,
  type TableParts,
} from "./table-code.ts";
import type { TypeNames } from "./type-code.ts";
import { sqlText } from "./value-code.ts";

export interface EntitiesInput {
  readonly model: Model;
  /** What the database has and no declaration can say. */
  readonly others: readonly ForeignObject[];
  readonly names: Names;
  /** What the driver gives for a type that Plinth has no word for. */
  readonly formOf: (type: string) => CustomForm;
  /** What is declared already, and stays as it is called. */
  readonly known?: Known | undefined;
}

interface Declared {
  readonly constant: string;
  /** What the database has beside it, and Plinth leaves alone: a line each. */
  readonly notes: readonly string[];
  readonly code: Code;
}

export interface TableSection extends Declared {
  readonly kind: "table" | "view";
  readonly place: Place;
  readonly parts: TableParts;
}

export interface SharedSection extends Declared {
  readonly kind: "collation" | "enum" | "space" | "type";
}

export interface SchemaSection extends Declared {
  readonly kind: "schema";
  /** The constants of tables and views, in their order. */
  readonly members: readonly string[];
  /** By the constants of tables. */
  readonly relations: ReadonlyMap<string, readonly RelationPlan[]>;
}

export type Section = SchemaSection | SharedSection | TableSection;

export interface Entities {
  readonly shared: readonly SharedSection[];
  readonly tables: readonly TableSection[];
  readonly schema: SchemaSection;
}

/** Below as many columns a collation stands with each of them. */
const SHARED_COLLATION = 3;

function elementOf(type: LogicalType): LogicalType {
  return type.kind === "array" ? type.element : type;
}

function allTypes({ tables, views = [] }: Model): LogicalType[] {
  return [...tables, ...views].flatMap(({ columns }) => columns.map(({ type }) => elementOf(type)));
}

function uniqueBy<Item>(items: readonly Item[], keyOfItem: (item: Item) => string): Item[] {
  return [...new Map(items.map((item) => [keyOfItem(item), item])).values()];
}

function commonCollation(
  types: readonly LogicalType[],
  known: ReadonlyMap<string, string> = new Map(),
): StorageSettings | undefined {
  if (known.size > 0) return undefined;
  const counts = new Map<string, number>();
  for (const type of types) {
    if (type.kind !== "text" || type.collation === undefined) continue;
    const key = JSON.stringify(type.collation);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const [found] = [...counts].toSorted(([, one], [, other]) => other - one);
  return found !== undefined && found[1] >= SHARED_COLLATION
    ? (JSON.parse(found[0]) as StorageSettings)
    : undefined;
}

/** In a few words, such as `trigger "touched"`. */
export function describeObject({ detail, kind, name, schema, table }: ForeignObject): string {
  const own = table === undefined && schema !== undefined ? `${schema}.${name}` : name;
  const what = own === table ? kind : `${kind} ${JSON.stringify(own)}`;
  return detail === undefined || detail === kind ? what : `${what}: ${detail}`;
}

/** The table or view that it belongs to, which may be named by its schema and all. */
function isOf({ schema, table }: ForeignObject, place: Place): boolean {
  return table === place.name && schema === place.schema;
}

class Writer {
  readonly #model: Model;
  readonly #others: readonly ForeignObject[];
  readonly #names: Names;
  readonly #formOf: EntitiesInput["formOf"];
  readonly #known: Known | undefined;
  readonly #constants: Constants;
  readonly #relations: readonly (TableModel | ViewModel)[];
  readonly #byPlace = new Map<string, { constant: string; keys: ReadonlyMap<string, ColumnKey> }>();
  readonly #types: TypeNames;
  readonly #spaces = new Map<string, string>();
  readonly #shared: SharedSection[] = [];

  constructor({ formOf, known, model, names, others }: EntitiesInput) {
    this.#known = known;
    this.#constants = new Constants(known?.constants.keys());
    this.#formOf = formOf;
    this.#model = model;
    this.#names = names;
    this.#others = others;
    this.#relations = [...model.tables, ...(model.views ?? [])];
    this.#nameTables();
    this.#declareSpaces();
    this.#types = this.#declareTypes();
  }

  entities(): Entities {
    const tables = this.#model.tables.map((table) => this.#table(table));
    const views = (this.#model.views ?? []).map((view) => this.#view(view));
    const all = [...tables, ...views];
    return { shared: this.#shared, tables: all, schema: this.#schema(all) };
  }

  /** Tables of the connection's own schema are named first. */
  #nameTables(): void {
    const ordered = this.#relations.toSorted(
      (one, other) => Number(one.schema !== undefined) - Number(other.schema !== undefined),
    );
    for (const table of ordered) {
      const columns = table.columns.map(({ name }) => name);
      const known = this.#known?.tables.get(keyOf(table));
      this.#byPlace.set(keyOf(table), {
        constant:
          known?.constant ??
          this.#known?.elsewhere.get(keyOf(table)) ??
          this.#constants.take(table.name, "Table", table.schema),
        keys: columnKeys(columns, this.#names, known?.keys),
      });
    }
  }

  #enums(): EnumType[] {
    const used = allTypes(this.#model).filter((type) => type.kind === "enum");
    return uniqueBy([...used, ...this.#model.enums], keyOf);
  }

  #declare(kind: SharedSection["kind"], constant: string, made: Code): void {
    this.#shared.push({ kind, constant, notes: [], code: made });
  }

  #declareSpaces(): void {
    const places: readonly Place[] = [...this.#relations, ...this.#enums()];
    const schemas = new Set(places.flatMap(({ schema }) => schema ?? []));
    for (const schema of schemas) {
      const known = this.#known?.spaces.get(schema);
      if (known !== undefined) {
        this.#spaces.set(schema, known);
        continue;
      }
      const constant = this.#constants.take(schema, "Schema");
      this.#spaces.set(schema, constant);
      this.#declare("space", constant, call("databaseSchema", quoted(schema)));
    }
  }

  #declareTypes(): TypeNames {
    const types = allTypes(this.#model);
    const known = this.#known;
    const collation = commonCollation(types, known?.collations);
    if (collation !== undefined) {
      const members = Object.entries(collation).map(([key, name]: [string, string]) => ({
        key,
        value: quoted(name),
      }));
      this.#declare("collation", "collation", object(members, false));
    }
    const enums = new Map(known?.enums);
    for (const type of this.#enums()) {
      if (enums.has(keyOf(type))) continue;
      const constant = this.#constants.take(type.name.replace(/_enum$/, ""), "Enum", type.schema);
      enums.set(keyOf(type), constant);
      this.#declare("enum", constant, this.#enumCode(type));
    }
    const customs = new Map(known?.types);
    for (const type of uniqueBy(
      types.filter((one) => one.kind === "custom"),
      customKey,
    )) {
      const made = customs.has(customKey(type)) ? undefined : customCode(type, this.#formOf);
      if (made === undefined) continue;
      const constant = this.#constants.take(type.name, "Type");
      customs.set(customKey(type), constant);
      this.#declare("type", constant, made);
    }
    return {
      enumOf: (type) => enums.get(keyOf(type))!,
      customOf: (type) => customs.get(customKey(type))!,
      collationOf: (given) =>
        known?.collations.get(JSON.stringify(given)) ??
        (JSON.stringify(given) === JSON.stringify(collation) ? "collation" : undefined),
    };
  }

  #enumCode({ name, schema, storage, values }: EnumType): Code {
    const settings = storage && Object.entries(storage).filter(([, setting]) => setting);
    const stored =
      settings === undefined || settings.length === 0
        ? undefined
        : object(
            settings.map(([key, setting]) => ({ key, value: quoted(setting) })),
            false,
          );
    const given = callOf(
      "enumType",
      quoted(name),
      list(values.map(quoted)),
      stored && object([{ key: "storage", value: stored }], false),
    );
    return { kind: "chain", root: this.#spaceOf(schema), calls: [given] };
  }

  #spaceOf(schema: string | undefined): string | undefined {
    return schema === undefined ? undefined : this.#spaces.get(schema);
  }

  #contextOf(table: TableModel): TableContext {
    const own = this.#byPlace.get(keyOf(table))!;
    const parameter = this.#known?.tables.get(keyOf(table))?.parameter;
    return { ...own, types: this.#types, parameter, targetOf: (key) => this.#targetOf(key) };
  }

  #targetOf(key: ForeignKeyModel): ReturnType<TableContext["targetOf"]> {
    const found = this.#byPlace.get(keyOf({ schema: key.targetSchema, name: key.target }));
    return (
      found && {
        table: found.constant,
        keys: key.targetColumns.map((column) => found.keys.get(column)?.key ?? column),
      }
    );
  }

  #notesOf(table: TableModel | ViewModel): string[] {
    const keys = "foreignKeys" in table ? table.foreignKeys : [];
    const outside = keys
      .filter((key) => this.#targetOf(key) === undefined)
      .map(
        ({ name, target }) =>
          `foreign key ${JSON.stringify(name)} to ${JSON.stringify(target)}, which is not among these tables`,
      );
    const beside = this.#others.filter((one) => isOf(one, table)).map(describeObject);
    return [...beside, ...outside];
  }

  /** What the naming makes the table's name of. */
  #declaredName(name: string): string {
    const spelt = [
      name,
      spell(name, "snake_case"),
      spell(name, "camelCase"),
      spell(name, "PascalCase"),
    ];
    const found = spelt.find((one) => this.#names.table(one) === name);
    if (found !== undefined) return found;
    throw new ConfigError(
      `No table is named ${JSON.stringify(name)} by the configuration's \`naming\`.`,
      {
        hint: "Leave `naming.tables` out of the configuration: tables are named in their declarations then.",
      },
    );
  }

  #table(table: TableModel): TableSection {
    const context = this.#contextOf(table);
    const parts = tableParts(table, context);
    const space = this.#spaceOf(table.schema);
    return {
      kind: "table",
      place: table,
      constant: context.constant,
      notes: this.#notesOf(table),
      parts,
      code: tableCode(this.#declaredName(table.name), parts, space),
    };
  }

  #view(view: ViewModel): TableSection {
    const none = { primaryKey: undefined, uniques: [], checks: [], foreignKeys: [] };
    // What a default of a table's column is, a view only tells.
    const columns = view.columns.map((column) => ({ ...column, default: undefined }));
    const table = { ...view, ...none, columns };
    const context = this.#contextOf(table);
    const parts = tableParts(table, context);
    const word = view.isMaterialized ? "materializedView" : "view";
    const as = callOf("as", sqlText(view.text), extrasCode(parts));
    const declared = callOf(word, quoted(this.#declaredName(view.name)), columnsObject(parts));
    return {
      kind: "view",
      place: view,
      constant: context.constant,
      notes: this.#notesOf(view),
      parts,
      code: { kind: "chain", root: this.#spaceOf(view.schema), calls: [declared, as] },
    };
  }

  #schema(tables: readonly TableSection[]): SchemaSection {
    const members = tables.map(({ constant }) => constant);
    const related = this.#model.tables.map((model): RelatedTable => {
      const { constant, keys } = this.#byPlace.get(keyOf(model))!;
      const known = this.#known?.tables.get(keyOf(model));
      return {
        model,
        constant,
        noun: identifierOf(model.name, constant),
        keyOf: (column) => keys.get(column)?.key ?? column,
        relations: known?.relations,
        isKnown: (key) => known !== undefined && hasForeignKey(known.model, key),
      };
    });
    const relations = new Map(
      [...planRelations(related)].map(([table, plans]) => [table.constant, plans]),
    );
    const notes = this.#others
      .filter((one) => !this.#relations.some((place) => isOf(one, place)))
      .map((one) => {
        const place = one.table === undefined ? "" : ` of ${JSON.stringify(one.table)}`;
        return describeObject({ ...one, kind: `${one.kind}` }) + place;
      });
    return {
      kind: "schema",
      constant: "schema",
      notes,
      members,
      relations,
      code: schemaCode(members, relations),
    };
  }
}

/** The relations of one table that are not declared yet. */
function relationsObject(plans: readonly RelationPlan[]): Code {
  const members = plans.flatMap((plan): Member[] =>
    plan.name === undefined ? [] : [{ key: plan.name, value: relationCode(plan) }],
  );
  return object(members, true);
}

/** Whether a declaration has a foreign key of these columns to that table. */
function hasForeignKey(declared: TableModel | ViewModel, key: ForeignKeyModel): boolean {
  if (!("foreignKeys" in declared)) return false;
  return declared.foreignKeys.some(
    (own) =>
      own.target === key.target &&
      own.targetSchema === key.targetSchema &&
      JSON.stringify(own.columns) === JSON.stringify(key.columns),
  );
}

function schemaCode(members: readonly string[], relations: SchemaSection["relations"]): Code {
  const tables = object(
    members.map((name) => ({ key: name, value: code(name) })),
    false,
  );
  const related = [...relations]
    .map(([constant, plans]): Member => ({ key: constant, value: relationsObject(plans) }))
    .filter(({ value }) => value.kind === "object" && value.members.length > 0);
  const made = related.length === 0 ? undefined : arrow("r", object(related, true));
  return call("defineSchema", tables, made);
}

export function writeSections(input: EntitiesInput): Entities {
  return new Writer(input).entities();
}
