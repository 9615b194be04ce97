/** A default as a table's text has it. */

import type { LogicalType } from "../../../ast/logical-type.ts";
import { defaultOfCell } from "../../../dialect/values/read-default.ts";
import { tokensOf, withoutParentheses, type SqlToken } from "../../../dialect/text/sql-tokens.ts";
import type { DefaultModel } from "../../../schema/model.ts";
import { nowText, RANDOM_UUID } from "../column-default.ts";
import { sqliteTypes } from "../types.ts";
import { textOfDefault } from "./expression-text.ts";

/** One spelling, whatever spaces and parentheses stand around it. */
function plain(text: string): string {
  return withoutParentheses(text).replaceAll(/\s+/g, " ").toLowerCase();
}

const NOW: Readonly<Record<string, readonly LogicalType["kind"][]>> = {
  current_date: ["date"],
  current_time: ["time"],
  current_timestamp: ["timestamp"],
  "date('now')": ["date"],
  "datetime()": ["timestamp"],
  "datetime('now')": ["timestamp"],
  "time('now')": ["time"],
};

function isNow(text: string, type: LogicalType): boolean {
  if (type.kind !== "timestamp" && type.kind !== "date" && type.kind !== "time") return false;
  if (text === plain(nowText(type))) return true;
  const isText = type.kind !== "timestamp" || type.storage?.sqlite === "sql";
  return isText && Object.hasOwn(NOW, text) && NOW[text]!.includes(type.kind);
}

function isRandom(text: string, { kind }: LogicalType): boolean {
  const random = plain(RANDOM_UUID);
  return kind === "uuid" && [random, `unhex((${random}), '-')`].includes(text);
}

/** What the driver would read; undefined where it is no literal. */
function cellOf(tokens: readonly SqlToken[], type: LogicalType): unknown {
  const isNegative = tokens[0]?.text === "-";
  const [token, second] = isNegative ? tokens.slice(1) : tokens;
  if (token === undefined || second !== undefined) return undefined;
  if (token.kind === "number") {
    const number = `${isNegative ? "-" : ""}${token.text}`;
    return sqliteTypes.isWide(type) && /^-?\d+$/.test(number) ? BigInt(number) : Number(number);
  }
  if (isNegative) return undefined;
  if (token.kind === "text") return token.value;
  if (token.kind === "bytes") return new Uint8Array(Buffer.from(token.value, "hex"));
  const word = token.text.toLowerCase();
  return word === "true" || word === "false" ? Number(word === "true") : undefined;
}

/** An instant as a text is what it is only where texts are kept. */
function isOfCell(cell: unknown, type: LogicalType): boolean {
  if (type.kind !== "timestamp") return true;
  const isText = type.storage?.sqlite === "sql" || type.storage?.sqlite === "iso";
  return isText === (typeof cell === "string");
}

export function findDefault(given: string, type: LogicalType): DefaultModel | undefined {
  const text = textOfDefault(given);
  const inner = plain(text);
  if (inner === "null") return undefined;
  if (isNow(inner, type)) return { kind: "now" };
  if (isRandom(inner, type)) return { kind: "random" };
  const cell = cellOf(tokensOf(withoutParentheses(text)), type);
  if (cell !== undefined && isOfCell(cell, type)) {
    const value = defaultOfCell(cell, type, sqliteTypes);
    if (value !== undefined) return value;
  }
  return { kind: "sql", text };
}
