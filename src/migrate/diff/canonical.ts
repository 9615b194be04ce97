/**
 * One spelling for what means the same, by rule: no database is asked. What only the program sees of a type, such as
 * whether a timestamp is a Date or a text, is left out, as no table changes with it.
 */

import type { LogicalType } from "../../ast/logical-type.ts";
import { checkedLiteral } from "../../dialect/checked-literal.ts";
import { canonicalInstant } from "../../dialect/values/type-map.ts";
import type {
  ColumnModel,
  DefaultModel,
  IndexModel,
  Model,
  TableModel,
} from "../../schema/model.ts";
import { literalModel, type LiteralModel, type SqlModel } from "../../schema/sql-model.ts";
import { byName, stableJson } from "../snapshot/stable.ts";

/** Without the members that are undefined. */
function compact<Value extends object>(value: Value): Value {
  return Object.fromEntries(
    Object.entries(value).filter(([, inner]) => inner !== undefined),
  ) as Value;
}

function canonicalType(type: LogicalType): LogicalType {
  // Its codec knows it by itself.
  if (type.kind === "custom") return type;
  if (type.kind === "array") return { ...type, element: canonicalType(type.element) };
  const { storage } = type;
  const kept = storage === undefined ? undefined : compact(storage);
  const plain = compact({
    ...type,
    storage: kept !== undefined && Object.keys(kept).length > 0 ? kept : undefined,
  });
  if (plain.kind === "bigint")
    return { ...plain, mode: "bigint", ...(plain.flags !== undefined && { flags: {} }) };
  if (plain.kind === "timestamp") return { ...plain, mode: "string" };
  return plain;
}

function canonicalValue(type: LogicalType, value: LiteralModel): LiteralModel {
  if (type.kind === "custom") return value;
  if (type.kind === "json") return stableJson(JSON.parse(String(value)));
  const checked = checkedLiteral(type, value);
  // As the type's mode is the program's, so is what it makes of a value.
  if (type.kind === "bigint") return String(checked as bigint | number);
  if (type.kind === "timestamp" && checked instanceof Date)
    return canonicalInstant(checked.toISOString(), type.precision);
  return literalModel(checked, type);
}

/** Spaces and ends of lines outside of quotes count as one space. A text with a comment in it is left as it is. */
function canonicalText(text: string): string {
  if (text.includes("--") || text.includes("/*") || text.includes("$$")) return text;
  return text.replaceAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\s+/g, (found) =>
    /^\s/.test(found) ? " " : found,
  );
}

/** Types whose values are spelt alike in every column, so that a longer `varchar` leaves a condition as it is. */
const PLAIN_KINDS: readonly LogicalType["kind"][] = ["double", "enum", "integer", "text"];

function canonicalSql(model: SqlModel): SqlModel {
  const parts: SqlModel[number][] = [];
  for (const part of model) {
    const last = parts.at(-1);
    if (typeof part === "string" && typeof last === "string") parts[parts.length - 1] = last + part;
    else if (
      typeof part === "string" ||
      "column" in part ||
      "call" in part ||
      part.type === undefined
    )
      parts.push(part);
    else if (PLAIN_KINDS.includes(part.type.kind))
      parts.push({ value: part.value, type: undefined });
    else {
      const type = canonicalType(part.type);
      parts.push({ value: canonicalValue(part.type, part.value), type });
    }
  }
  const texts = parts.map((part) => (typeof part === "string" ? canonicalText(part) : part));
  const first = texts[0];
  if (typeof first === "string") texts[0] = first.trimStart();
  const end = texts.at(-1);
  if (typeof end === "string") texts[texts.length - 1] = end.trimEnd();
  return texts.filter((part) => part !== "");
}

const NUMBER = /^-?(?:0|[1-9]\d*)$/;

/** A literal that stands in ``sql`…` `` is the value itself, and NULL is no default. */
function canonicalDefault(
  value: DefaultModel | undefined,
  type: LogicalType,
): DefaultModel | undefined {
  if (value?.kind === "value") return { kind: "value", value: canonicalValue(type, value.value) };
  if (value?.kind !== "sql") return value;
  const text = canonicalText(value.text).trim();
  if (text.toLowerCase() === "null") return undefined;
  if (NUMBER.test(text)) {
    if (type.kind === "integer") return { kind: "value", value: Number(text) };
    if (type.kind === "bigint") return { kind: "value", value: text };
  }
  const quoted = /^'((?:[^'\\]|'')*)'$/.exec(text)?.[1];
  if (quoted !== undefined && (type.kind === "text" || type.kind === "enum"))
    return { kind: "value", value: quoted.replaceAll("''", "'") };
  return { kind: "sql", text };
}

function canonicalColumn(column: ColumnModel): ColumnModel {
  const { generated } = column;
  return compact({
    ...column,
    type: canonicalType(column.type),
    default: canonicalDefault(column.default, column.type),
    generated: generated && { ...generated, sql: canonicalSql(generated.sql) },
  });
}

function canonicalIndex(index: IndexModel): IndexModel {
  return compact({
    ...index,
    terms: index.terms.map((term) =>
      "sql" in term ? { ...term, sql: canonicalSql(term.sql) } : term,
    ),
    where: index.where && canonicalSql(index.where),
  });
}

function canonicalTable(table: TableModel): TableModel {
  return compact({
    ...table,
    columns: table.columns.map(canonicalColumn),
    uniques: table.uniques.toSorted(byName),
    indexes: table.indexes.map(canonicalIndex).toSorted(byName),
    checks: table.checks
      .map((check) => ({ ...check, condition: canonicalSql(check.condition) }))
      .toSorted(byName),
    foreignKeys: table.foreignKeys.toSorted(byName),
  });
}

/** Columns keep their order, in which a table is created; all else is sorted by name. */
export function canonicalModel(model: Model): Model {
  return {
    ...model,
    enums: model.enums.map((type) => canonicalType(type) as typeof type).toSorted(byName),
    tables: model.tables.map(canonicalTable).toSorted(byName),
  };
}
