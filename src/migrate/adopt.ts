/**
 * A live database in the words of a declaration. A server rewrites conditions, and no catalogue knows every type that a
 * declaration tells apart; but the same server makes the same of the same, so whatever is alike in the live database and in one
 * that was made of the declaration is what was declared.
 */

import type { EnumType, LogicalType } from "../ast/logical-type.ts";
import type { ColumnModel, IndexModel, Model, TableModel, ViewModel } from "../schema/model.ts";
import { isSame } from "../schema/same.ts";
import { canonicalModel } from "./diff/canonical.ts";
import { keyOf, type Place } from "../schema/moves.ts";

/** One part of three models. */
interface Triple<Part> {
  readonly live: Part;
  /** Of a database that was made of `declared`. */
  readonly made: Part | undefined;
  readonly declared: Part | undefined;
}

function adoptPart<Part>({ live, made, declared }: Triple<Part>): Part {
  return made !== undefined && declared !== undefined && isSame(live, made) ? declared : live;
}

function adoptNamed<Part extends Place>(
  { live, made, declared }: Triple<readonly Part[]>,
  adopt: (triple: Triple<Part>) => Part = adoptPart,
): Part[] {
  const madeByKey = new Map(made?.map((part) => [keyOf(part), part]));
  const declaredByKey = new Map(declared?.map((part) => [keyOf(part), part]));
  return live.map((part) =>
    adopt({
      live: part,
      made: madeByKey.get(keyOf(part)),
      declared: declaredByKey.get(keyOf(part)),
    }),
  );
}

const COLUMN_PARTS = ["comment", "default", "generated", "identity", "type"] as const;

function adoptColumn({ live, made, declared }: Triple<ColumnModel>): ColumnModel {
  if (made === undefined || declared === undefined) return live;
  const adopted = COLUMN_PARTS.filter((part) => isSame(live[part], made[part]));
  const parts = Object.fromEntries(adopted.map((part) => [part, declared[part]]));
  const nullable = live.nullable === made.nullable ? declared.nullable : live.nullable;
  return { ...live, ...parts, nullable };
}

/** To some servers a unique key and a unique index are one thing; the declaration says which of them is meant. */
function asDeclared(table: TableModel, declared: TableModel): TableModel {
  const names = new Set(declared.indexes.map(({ name }) => name));
  const moved = table.uniques.filter(({ name }) => names.has(name));
  if (moved.length === 0) return table;
  const indexes = moved.map((key): IndexModel => ({
    ...key,
    isUnique: true,
    terms: key.columns.map((column) => ({ column, direction: "asc" })),
    where: undefined,
  }));
  return {
    ...table,
    uniques: table.uniques.filter((key) => !moved.includes(key)),
    indexes: [...table.indexes, ...indexes],
  };
}

function adoptTable(triple: Triple<TableModel>): TableModel {
  const { declared } = triple;
  if (triple.made === undefined || declared === undefined) return triple.live;
  const { comment, ...live } = asDeclared(triple.live, declared);
  const made = asDeclared(triple.made, declared);
  const ownComment = comment === made.comment ? declared.comment : comment;
  const adopted = <Key extends "checks" | "foreignKeys" | "indexes" | "uniques">(
    key: Key,
  ): TableModel[Key] =>
    adoptNamed<Place>({
      live: live[key],
      made: made[key],
      declared: declared[key],
    }) as readonly Place[] as TableModel[Key];
  return {
    ...live,
    ...(ownComment !== undefined && { comment: ownComment }),
    columns: adoptNamed(
      { live: live.columns, made: made.columns, declared: declared.columns },
      adoptColumn,
    ),
    primaryKey: isSame(live.primaryKey, made.primaryKey) ? declared.primaryKey : live.primaryKey,
    uniques: adopted("uniques"),
    indexes: adopted("indexes"),
    checks: adopted("checks"),
    foreignKeys: adopted("foreignKeys"),
  };
}

/** Without the quotes of names that need none: SQLite sets them where a table was made anew. Texts keep theirs. */
function unquoted(query: string): string {
  return query.replaceAll(/'(?:[^']|'')*'|"([A-Za-z_]\w*)"/g, (all, name?: string) => name ?? all);
}

function adoptView({ live, made, declared }: Triple<ViewModel>): ViewModel {
  if (made === undefined || declared === undefined) return live;
  const isAlike = isSame(
    { ...live, text: unquoted(live.text) },
    { ...made, text: unquoted(made.text) },
  );
  return isAlike ? declared : live;
}

function enumsIn(type: LogicalType): readonly EnumType[] {
  if (type.kind === "array") return enumsIn(type.element);
  return type.kind === "enum" ? [type] : [];
}

/** Enums without a column of theirs stay; the others are those that columns are of now. */
function enumsOf(live: Model, tables: readonly TableModel[], declared: Model): EnumType[] {
  const used = tables.flatMap(({ columns }) => columns.flatMap(({ type }) => enumsIn(type)));
  const before = live.tables.flatMap(({ columns }) => columns.flatMap(({ type }) => enumsIn(type)));
  const replaced = new Set(before.map(keyOf));
  const rest = live.enums
    .filter((type) => !replaced.has(keyOf(type)))
    .map(
      (type) =>
        declared.enums.find(
          (one) => keyOf(one) === keyOf(type) && isSame(one.values, type.values),
        ) ?? type,
    );
  return [...new Map([...used, ...rest].map((type) => [keyOf(type), type])).values()];
}

/**
 * @param live What a database holds.
 * @param made What a database of the same server holds that was made of `declared`, and of nothing else.
 */
export function adopt(live: Model, made: Model, declared: Model): Model {
  const one = canonicalModel(live);
  const other = canonicalModel(made);
  const tables = adoptNamed(
    { live: one.tables, made: other.tables, declared: canonicalModel(declared).tables },
    adoptTable,
  );
  const views =
    one.views &&
    adoptNamed({ live: one.views, made: other.views, declared: declared.views }, adoptView);
  return {
    enums: enumsOf(one, tables, declared),
    tables,
    ...(views !== undefined && { views }),
  };
}
