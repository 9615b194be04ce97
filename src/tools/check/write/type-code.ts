/** The types of queries as TypeScript. */

import { memberKey, quoteText } from "../../quote.ts";
import type { DeclaredColumn } from "../types/declared.ts";
import type { ResolvedColumn, ResolvedParameter, ResolvedQuery } from "../types/resolve.ts";
import { ANY_VALUE } from "../types/value-type.ts";

/** Names for the rows of tables whose columns' types are taken from the schema. */
export class RowNames {
  readonly #names = new Map<string, string>();

  /** @param table An expression over what the schema's module exports. */
  nameOf(table: string): string {
    const known = this.#names.get(table);
    if (known !== undefined) return known;
    const words = (table.match(/[\p{L}\p{N}]+/gu) ?? []).at(-1) ?? "";
    const stem = `${words.charAt(0).toUpperCase()}${words.slice(1)}Row`;
    const taken = new Set(this.#names.values());
    let name = stem;
    for (let count = 2; taken.has(name); count++) name = `${stem}${count}`;
    this.#names.set(table, name);
    return name;
  }

  /** The declarations, under the name that the module is imported by. */
  lines(module: string): string[] {
    return [...this.#names]
      .toSorted(([, one], [, other]) => (one < other ? -1 : 1))
      .map(([table, name]) => `type ${name} = RowOf<typeof ${module}.${table}>;`);
  }
}

function columnCode(
  { isNullable: mayBeNull, key, table, type }: DeclaredColumn,
  isNullable: boolean,
  rows: RowNames,
): string {
  const code = `${rows.nameOf(table!)}[${quoteText(key)}]`;
  if (isNullable) return mayBeNull ? code : `${code} | null`;
  // JSON has a null of its own.
  return mayBeNull && type.kind !== "json" ? `NonNullable<${code}>` : code;
}

function valueCode(type: DeclaredColumn | string, isNullable: boolean, rows: RowNames): string {
  if (typeof type !== "string") return columnCode(type, isNullable, rows);
  return isNullable && type !== "unknown" ? `${type} | null` : type;
}

function parameterCode(
  { isList, isNullable, isOptional, type }: ResolvedParameter,
  rows: RowNames,
): string {
  const value = valueCode(type?.code ?? ANY_VALUE, isNullable, rows);
  const own = isList ? `readonly ${value.includes(" ") ? `(${value})` : value}[]` : value;
  return isOptional ? `${own} | undefined` : own;
}

const WIDE = 90;

function braced(members: readonly string[], indent: string): string {
  if (members.length === 0) return "{}";
  const line = `{ ${members.join("; ")} }`;
  return line.length <= WIDE
    ? line
    : `{\n${members.map((member) => `${indent}  ${member};\n`).join("")}${indent}}`;
}

function parametersCode({ shape, style }: ResolvedQuery, rows: RowNames, indent: string): string {
  const { parameters } = shape;
  if (style === "list") {
    const list = parameters.map((parameter) => parameterCode(parameter, rows));
    return `readonly [${list.join(", ")}]`;
  }
  const members = parameters.map(
    (own) =>
      `${memberKey(own.name)}${own.isOptional || own.isSwitch ? "?" : ""}: ${parameterCode(own, rows)}`,
  );
  return braced(members, indent);
}

function rowCode(columns: readonly ResolvedColumn[], rows: RowNames, indent: string): string {
  if (columns.length === 0) return "never";
  return braced(
    columns.map(
      ({ isNullable, key, type }) => `${memberKey(key)}: ${valueCode(type.code, isNullable, rows)}`,
    ),
    indent,
  );
}

/** `{ params: …; row: … }` */
export function queryCode(query: ResolvedQuery, rows: RowNames, indent: string): string {
  const inner = `${indent}  `;
  const { columns, parameters } = query.shape;
  const row = rowCode(columns, rows, inner);
  if (parameters.length === 0 && !row.includes("\n")) return `{ row: ${row} }`;
  if (parameters.length === 0) return `{\n${inner}row: ${row};\n${indent}}`;
  return `{\n${inner}params: ${parametersCode(query, rows, inner)};\n${inner}row: ${row};\n${indent}}`;
}
