/** Parts of a model in words, for people. */

import type { LogicalType } from "../ast/logical-type.ts";
import type { ColumnModel, DefaultModel, ForeignKeyModel, IndexModel } from "./model.ts";
import type { SqlModel } from "./sql-model.ts";

/** As a person would declare it. */
export function typeName(type: LogicalType): string {
  switch (type.kind) {
    case "text":
      return type.length === undefined ? "text" : `varchar(${type.length})`;
    case "decimal":
      return `decimal(${type.precision}, ${type.scale})`;
    case "timestamp":
    case "time":
      return `${type.kind}(${type.precision})`;
    case "bytes":
      return type.length === undefined ? "bytes" : `bytes(${type.length})`;
    case "integer":
      return type.bits === 16 ? "smallint" : "integer";
    case "enum":
    case "custom":
      return type.name;
    default:
      return type.kind;
  }
}

interface Placed {
  readonly schema?: string | undefined;
}

/** With its schema before it where that isn't the connection's own. */
export function placeName({ schema }: Placed, name: string): string {
  return schema === undefined ? name : `${schema}.${name}`;
}

export function sqlText(model: SqlModel): string {
  const texts = model.map((part) => {
    if (typeof part === "string") return part;
    if ("column" in part) return part.column;
    return "call" in part ? part.call : JSON.stringify(part.value);
  });
  return texts.join("").replaceAll(/\s+/g, " ");
}

export function defaultText(value: DefaultModel): string {
  if (value.kind === "value") return JSON.stringify(value.value);
  return value.kind === "sql" ? value.text : value.kind;
}

export function columnText({ default: value, nullable, type }: ColumnModel): string {
  const words = [typeName(type), ...(nullable ? [] : ["not null"])];
  return [...words, ...(value === undefined ? [] : [`default ${defaultText(value)}`])].join(" ");
}

export function columnList(columns: readonly string[]): string {
  return `(${columns.join(", ")})`;
}

export function indexText({ isUnique, method, terms, where }: IndexModel): string {
  const texts = terms.map((term) => {
    const text = "column" in term ? term.column : sqlText(term.sql);
    return term.direction === "desc" ? `${text} desc` : text;
  });
  const using = method === undefined ? "" : ` using ${method}`;
  const condition = where === undefined ? "" : ` where ${sqlText(where)}`;
  return `${isUnique ? "unique " : ""}${columnList(texts)}${using}${condition}`;
}

export function foreignKeyText(key: ForeignKeyModel): string {
  const { columns, onDelete, onUpdate, target, targetColumns, targetSchema: schema } = key;
  const actions = [
    onDelete === "no action" ? "" : ` on delete ${onDelete}`,
    onUpdate === "no action" ? "" : ` on update ${onUpdate}`,
  ].join("");
  return `${columnList(columns)} to ${placeName({ schema }, target)} ${columnList(targetColumns)}${actions}`;
}
