/** Values and SQL of a model as code. */

import type { LogicalType } from "../../ast/logical-type.ts";
import type { LiteralModel, SqlModel } from "../../schema/sql-model.ts";
import { code, list, object, quoted, template, type Code } from "./code.ts";
import { memberKey, memberOf, quoteText, templateText } from "../quote.ts";

function jsonCode(value: unknown): Code {
  if (typeof value === "string") return quoted(value);
  if (Array.isArray(value)) return list(value.map(jsonCode));
  if (typeof value !== "object" || value === null) return code(String(value));
  return object(
    Object.entries(value).map(([key, item]) => ({ key: memberKey(key), value: jsonCode(item) })),
    false,
  );
}

function bytesCode(hexadecimal: string): Code {
  const bytes = hexadecimal.match(/../g) ?? [];
  return bytes.length <= 16
    ? code(`Uint8Array.of(${bytes.map((byte) => Number.parseInt(byte, 16)).join(", ")})`)
    : code(`new Uint8Array(Buffer.from(${quoteText(hexadecimal)}, "hex"))`);
}

/** What a program would write for a value of a model, which holds nothing but JSON. */
export function valueCode(value: LiteralModel, type: LogicalType): Code {
  switch (type.kind) {
    case "bigint":
      return code(type.mode === "bigint" ? `${String(value)}n` : String(value));
    case "timestamp":
      return type.mode === "date"
        ? code(`new Date(${quoteText(String(value))})`)
        : quoted(String(value));
    case "bytes":
      return bytesCode(String(value));
    case "json": {
      const text = String(value);
      // No type of a column's value has SQL's NULL in it.
      return text === "null" ? code('JSON.parse("null")') : jsonCode(JSON.parse(text));
    }
    case "array": {
      const items = JSON.parse(String(value)) as readonly (LiteralModel | null)[];
      return list(
        items.map((item) => (item === null ? code("null") : valueCode(item, type.element))),
      );
    }
    default:
      return typeof value === "string" ? quoted(value) : code(String(value));
  }
}

/** SQL whose columns are those of `table`, by their keys. */
export function sqlCode(model: SqlModel, table: string, keyOf: (column: string) => string): Code {
  const parts = model.map((part) => {
    if (typeof part === "string") return templateText(part);
    if ("column" in part) return `\${${memberOf(table, keyOf(part.column))}}`;
    if ("call" in part) throw new TypeError("A database has no functions of ours in its SQL.");
    return `\${${typeof part.value === "string" ? quoteText(part.value) : String(part.value)}}`;
  });
  return template(`sql\`${parts.join("")}\``);
}

export function sqlText(text: string): Code {
  return template(`sql\`${templateText(text)}\``);
}
