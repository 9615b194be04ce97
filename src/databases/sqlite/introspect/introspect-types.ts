/** From a column's type, its note and its checks to what it is. */

import type { LogicalType } from "../../../ast/logical-type.ts";
import { isSign, tokensOf } from "../../../dialect/text/sql-tokens.ts";
import { constraintName } from "../../../schema/model.ts";
import { typeOfNote } from "../ddl/type-note.ts";

export interface TypeSource {
  readonly table: string;
  readonly column: string;
  /** As the table declares it, such as `NVARCHAR(160)`. */
  readonly declared: string;
  readonly note: string | undefined;
  readonly collation: string | undefined;
  /** The texts of checks behind the column that have no name. */
  readonly checks: readonly string[];
}

export interface FoundType {
  readonly type: LogicalType;
  /** The check that is a part of the type. */
  readonly check?: string;
}

/** The check's words, with `$` for the column. */
function shapeOf(check: string, column: string): string {
  const tokens = tokensOf(check, { hasBrackets: true });
  const words = tokens.map((token, at) => {
    const isName = token.kind === "name" || token.kind === "word";
    const isCall = isSign(tokens[at + 1], "(") && token.kind === "word";
    if (isName && !isCall && token.value.toLowerCase() === column.toLowerCase()) return "$";
    return token.kind === "word" ? token.text.toLowerCase() : token.text;
  });
  return words.join(" ");
}

const text = (length?: number): LogicalType => ({ kind: "text", length });

/** What a check of ours says by itself. */
function typeOfCheck(check: string, { column, table }: TypeSource): LogicalType | undefined {
  const shape = shapeOf(check, column);
  const range = /^\( \$ \) between - (\d+) and (\d+)$/.exec(shape);
  if (range !== null) {
    if (range[2] === "32767") return { kind: "integer", bits: 16 };
    if (range[2] === "2147483647") return { kind: "integer", bits: 32 };
    return /^9+$/.test(range[2]!)
      ? { kind: "decimal", precision: range[2]!.length, scale: 0 }
      : undefined;
  }
  if (shape === "$ in ( 0 , 1 )") return { kind: "boolean" };
  if (shape === "( $ ) > = 0") return { kind: "bigint", mode: "bigint", flags: {} };
  const length = /^length \( \$ \) < = (\d+)$/.exec(shape)?.[1];
  if (length !== undefined) return text(Number(length));
  if (shape === "json_valid ( $ )") return { kind: "json" };
  if (shape.startsWith("$ is date (")) return { kind: "date" };
  if (shape.startsWith("$ glob '[0-2][0-9]:"))
    return { kind: "time", precision: shape.split("[0-9]").length - 4 };
  if (shape.startsWith("case json_valid ( $ )")) return { kind: "array", element: text() };
  if (!/^\$ in \( '.*' \)$/s.test(shape)) return undefined;
  const tokens = tokensOf(check, { hasBrackets: true }).slice(3, -1);
  const isList = tokens.every((token, at) =>
    at % 2 === 0 ? token.kind === "text" : token.text === ",",
  );
  return isList
    ? {
        kind: "enum",
        name: constraintName(table, [column], "enum"),
        values: tokens.flatMap((token) => (token.kind === "text" ? [token.value] : [])),
      }
    : undefined;
}

interface Declared {
  readonly name: string;
  readonly sizes: readonly number[];
}

function parseDeclared(declared: string): Declared {
  const [, name = "", sizes = ""] = /^([^(]*)(?:\(([^)]*)\))?/.exec(declared) ?? [];
  const numbers = sizes.split(",").map(Number);
  return {
    name: name.trim().toUpperCase(),
    sizes:
      numbers.every((size) => Number.isInteger(size) && size > 0) || sizes.includes(",")
        ? numbers
        : [],
  };
}

/** SQLite takes any name for a type, and goes by what is in it. Source: sqlite.org/datatype3.html, "Determination Of Column Affinity". */
function typeOfName(declared: string): LogicalType {
  const { name, sizes } = parseDeclared(declared);
  const [first, second = 0] = sizes;
  if (name === "INT8" || /BIG ?INT/.test(name)) return { kind: "bigint", mode: "bigint" };
  if (/INT(?!ERVAL)/.test(name)) return { kind: "bigint", mode: "number" };
  if (name.includes("BOOL")) return { kind: "boolean" };
  if (name === "UUID" || name === "GUID" || name === "UNIQUEIDENTIFIER") return { kind: "uuid" };
  if (name.startsWith("JSON")) return { kind: "json" };
  if (name.includes("DATETIME") || name.includes("TIMESTAMP"))
    return { kind: "timestamp", mode: "date", precision: 3, storage: { sqlite: "sql" } };
  if (name === "DATE") return { kind: "date" };
  if (name === "TIME") return { kind: "time", precision: first ?? 0 };
  if (name.includes("CHAR")) return text(first);
  if (name.includes("CLOB") || name.includes("TEXT") || name === "STRING") return text();
  if (/REAL|FLOA|DOUB/.test(name)) return { kind: "double" };
  if (/^(?:DECIMAL|NUMERIC|NUMBER|DEC)$/.test(name) && first !== undefined)
    return { kind: "decimal", precision: first, scale: second, storage: { sqlite: "real" } };
  if (/^(?:DECIMAL|NUMERIC|NUMBER|DEC|MONEY|CURRENCY)$/.test(name)) return { kind: "double" };
  if (/BLOB|BINARY|BYTEA/.test(name)) return { kind: "bytes", length: undefined };
  return {
    kind: "custom",
    name: declared === "" ? "any" : declared,
    databases: { sqlite: { type: "any" } },
  };
}

/** The note says what the SQL type doesn't; the check says what the note doesn't. */
function typeOfNoted(
  noted: LogicalType,
  checked: LogicalType | undefined,
  declared: string,
): LogicalType {
  const { name } = parseDeclared(declared);
  if (noted.kind === "uuid" && name === "BLOB") return { ...noted, storage: { sqlite: "blob" } };
  if (noted.kind === "custom")
    return { ...noted, databases: { sqlite: { type: name.toLowerCase() } } };
  if (noted.kind === "text" && checked?.kind === "text")
    return { ...noted, length: checked.length };
  return noted;
}

/** Every type that has a check of ours has it alone of its SQL type. */
function isOfName(type: LogicalType, declared: string): boolean {
  const { name } = parseDeclared(declared);
  if (type.kind === "boolean") return /INT|BOOL/.test(name);
  if (type.kind === "integer" || type.kind === "bigint" || type.kind === "decimal")
    return name.includes("INT");
  return !name.includes("INT");
}

function withCollation(type: LogicalType, collation: string | undefined): LogicalType {
  if (type.kind !== "text" || collation === undefined || collation.toUpperCase() === "BINARY")
    return type;
  return { ...type, collation: { sqlite: collation.toUpperCase() } };
}

export function findType(source: TypeSource): FoundType {
  const { checks, collation, declared, note } = source;
  const noted = note === undefined ? undefined : typeOfNote(note);
  for (const check of checks) {
    let checked = typeOfCheck(check, source);
    if (checked === undefined || !isOfName(checked, declared)) continue;
    if (checked.kind === "text" && parseDeclared(declared).name === "BLOB")
      checked = { kind: "bytes", length: checked.length };
    const type = noted === undefined ? checked : typeOfNoted(noted, checked, declared);
    return { type: withCollation(type, collation), check };
  }
  const type = noted === undefined ? typeOfName(declared) : typeOfNoted(noted, undefined, declared);
  return { type: withCollation(type, collation) };
}
