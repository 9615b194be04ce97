/** What modules that are there declare, and what each part is called there. */

import type { LogicalType } from "../../../ast/logical-type.ts";
import type { Model, TableModel, ViewModel } from "../../../schema/model.ts";
import { keyOf, type Place } from "../../../schema/moves.ts";
import type { Names } from "../../../schema/naming.ts";
import { relationsOf, type Schema } from "../../../schema/schema.ts";
import { infoOf, type TableInfo } from "../../../schema/table.ts";
import type { ColumnKey } from "../identifiers.ts";
import { callsOf, statementsOf, type Item, type ScannedCall, type Statement } from "./scan.ts";

/** A module that is there. */
export interface ModuleSource {
  /** Seen from the folder of all of them. */
  readonly path: string;
  readonly text: string;
  readonly exports: Readonly<Record<string, unknown>>;
}

/** A table or view that is declared. */
export interface KnownTable {
  readonly constant: string;
  readonly info: TableInfo;
  /** As the declaration has it. */
  readonly model: TableModel | ViewModel;
  readonly keys: ReadonlyMap<string, ColumnKey>;
  /** Of the function that gives what stands beside the columns; undefined where there is none. */
  readonly parameter: string | undefined;
  /** The names of its relations. */
  readonly relations: readonly string[];
}

export interface Placed {
  readonly module: ModuleSource;
  readonly statement: Statement;
}

/** The names that the parts of a schema have in modules. */
export interface Known {
  /** By their places. */
  readonly tables: ReadonlyMap<string, KnownTable>;
  /** The keys in the schema of tables that other modules declare. */
  readonly elsewhere: ReadonlyMap<string, string>;
  readonly enums: ReadonlyMap<string, string>;
  /** Of custom types, by `customKey`. */
  readonly types: ReadonlyMap<string, string>;
  readonly spaces: ReadonlyMap<string, string>;
  readonly collations: ReadonlyMap<string, string>;
  /** Where each constant is declared. */
  readonly constants: ReadonlyMap<string, Placed>;
  readonly schema: Schema;
  readonly model: Model;
}

/** Tables of the schema whose text isn't in the modules. */
function elsewhereOf(
  schema: Schema,
  tables: ReadonlyMap<string, KnownTable>,
  names: Names,
): Map<string, string> {
  const all = Object.entries({ ...schema.tables, ...schema.views });
  return new Map(
    all.flatMap(([key, table]) => {
      const info = infoOf(table);
      const place = keyOf({ schema: info.schema, name: names.table(info.table) });
      return tables.has(place) ? [] : [[place, key] as const];
    }),
  );
}

export function customKey(type: LogicalType & { readonly kind: "custom" }): string {
  return JSON.stringify([type.name, type.databases]);
}

/** The text of a literal in quotes; undefined for what is none. */
function literalOf(source: string): string | undefined {
  const found = /^(["'`])((?:[^\\]|\\[^])*)\1$/.exec(source);
  if (found === null || found[2]!.includes("${")) return undefined;
  try {
    const plain = found[2]!
      .replaceAll(/\\(['`$])/g, "$1")
      .replaceAll(/\\u\{([\da-f]+)\}/gi, (_, code: string) =>
        String.fromCodePoint(Number.parseInt(code, 16)),
      )
      .replaceAll(/(?<!\\)((?:\\\\)*)"/g, String.raw`$1\"`);
    return JSON.parse(`"${plain}"`) as string;
  } catch {
    return undefined;
  }
}

const DECLARING = new Set(["materializedView", "table", "view"]);

/** The call of `table()` or `view()` that a constant is made by. */
export function declaringCall(text: string, { value }: Statement): ScannedCall | undefined {
  if (value === undefined) return undefined;
  return callsOf(text, value).find(({ name }) => DECLARING.has(name));
}

/** What stands beside the columns of a table, or beside the query of a view: the function that gives it. */
export function extrasOf(text: string, statement: Statement): Item | undefined {
  const calls = callsOf(text, statement.value!);
  const call = calls.find(({ name }) => DECLARING.has(name));
  const made = call?.name === "table" ? call.arguments[2] : undefined;
  return made ?? calls.find(({ name }) => name === "as")?.arguments[1];
}

function parameterOf(text: string, statement: Statement): string | undefined {
  const extras = extrasOf(text, statement);
  if (extras === undefined) return undefined;
  return /^\(?\s*([\p{ID_Start}$_][\p{ID_Continue}$]*)/u.exec(
    text.slice(extras.start, extras.end),
  )?.[1];
}

/** The constant of the schema before `.table()`. */
function rootOf(text: string, { value }: Statement, call: ScannedCall): string | undefined {
  const before = text.slice(value!.start, call.start).trim();
  return before === "" ? undefined : before.replace(/\s*\.$/, "");
}

function typeMadeBy(made: unknown): LogicalType | undefined {
  if (typeof made !== "function") return undefined;
  const column = (made as () => { readonly spec?: { readonly type?: LogicalType } })();
  return column.spec?.type;
}

function isCollation(value: unknown): value is Readonly<Record<string, string>> {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.keys(value).length > 0 &&
    Object.entries(value).every(
      ([key, name]) => /^(?:\p{Ll}+)$/u.test(key) && typeof name === "string",
    )
  );
}

class Reader {
  readonly constants = new Map<string, Placed>();
  readonly enums = new Map<string, string>();
  readonly types = new Map<string, string>();
  readonly spaces = new Map<string, string>();
  readonly collations = new Map<string, string>();
  readonly tables = new Map<string, KnownTable>();

  constructor(modules: readonly ModuleSource[]) {
    for (const module of modules) {
      for (const statement of statementsOf(module.text)) {
        if (statement.constant === undefined) continue;
        this.constants.set(statement.constant, { module, statement });
        this.#readShared(module, statement, statement.constant);
      }
    }
  }

  #readShared(module: ModuleSource, statement: Statement, constant: string): void {
    const calls = callsOf(module.text, statement.value!);
    const last = calls.at(-1)?.name;
    const value = module.exports[constant];
    const type = last === "enumType" || last === "customType" ? typeMadeBy(value) : undefined;
    if (type?.kind === "enum") this.enums.set(keyOf(type), constant);
    if (type?.kind === "custom") this.types.set(customKey(type), constant);
    if (last === "databaseSchema" && typeof value === "object" && value !== null)
      this.spaces.set(String(Reflect.get(value, "name")), constant);
    if (calls.length === 0 && isCollation(value)) {
      const key = JSON.stringify(value);
      if (!this.collations.has(key)) this.collations.set(key, constant);
    }
  }

  readTables(schema: Schema, model: Model, names: Names): void {
    const infos = new Map(
      [...Object.values(schema.tables), ...Object.values(schema.views)].map((table) => {
        const info = infoOf(table);
        return [keyOf({ schema: info.schema, name: names.table(info.table) }), info] as const;
      }),
    );
    const models = new Map(
      [...model.tables, ...(model.views ?? [])].map((table) => [keyOf(table), table]),
    );
    const spaceOf = new Map([...this.spaces].map(([space, constant]) => [constant, space]));
    for (const [constant, { module, statement }] of this.constants) {
      const call = declaringCall(module.text, statement);
      const [first] = call?.arguments ?? [];
      const name = first && literalOf(module.text.slice(first.start, first.end));
      if (call === undefined || name === undefined) continue;
      const root = rootOf(module.text, statement, call);
      const space = root === undefined ? undefined : spaceOf.get(root);
      const place: Place = { schema: space, name: names.table(name) };
      const info = infos.get(keyOf(place));
      const own = models.get(keyOf(place));
      if (info === undefined || own === undefined) continue;
      const keys = new Map(
        info.columns.map((column) => [
          names.column(column),
          { key: column.key, givenName: column.givenName },
        ]),
      );
      const parameter = parameterOf(module.text, statement);
      const relations = Object.keys(relationsOf(schema, info));
      this.tables.set(keyOf(place), { constant, info, model: own, keys, parameter, relations });
    }
  }
}

/** @param model Of the schema, for the database that is read. */
export function readKnown(
  modules: readonly ModuleSource[],
  schema: Schema,
  model: Model,
  names: Names,
): Known {
  const reader = new Reader(modules);
  reader.readTables(schema, model, names);
  const { collations, constants, enums, spaces, tables, types } = reader;
  const elsewhere = elsewhereOf(schema, tables, names);
  return { collations, constants, elsewhere, enums, spaces, tables, types, schema, model };
}
