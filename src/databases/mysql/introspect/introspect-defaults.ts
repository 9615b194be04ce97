/** A default as the servers of the family write it: MariaDB as SQL, MySQL literals as they are. */

import type { LogicalType } from "../../../ast/logical-type.ts";
import { defaultOfCell } from "../../../dialect/values/read-default.ts";
import { tokensOf, withoutParentheses } from "../../../dialect/text/sql-tokens.ts";
import type { TypeMap } from "../../../dialect/values/type-map.ts";
import type { DefaultModel } from "../../../schema/model.ts";
import { nowText, randomText } from "../ddl/column.ts";
import type { Variant } from "../variant.ts";

export interface DefaultSource {
  readonly text: string;
  readonly type: LogicalType;
  /** Whether the text is the value itself. */
  readonly isLiteral: boolean;
}

const STYLE = { hasBackslashEscapes: true };

/** Servers leave out spaces, and some write empty parentheses. */
function plain(text: string): string {
  return withoutParentheses(text, STYLE)
    .replaceAll(/\s+|\(0?\)/g, "")
    .toLowerCase();
}

const NOW: Readonly<Record<string, LogicalType["kind"]>> = {
  curdate: "date",
  current_date: "date",
  curtime: "time",
  current_time: "time",
};

function isNow(text: string, type: LogicalType): boolean {
  if (type.kind !== "timestamp" && type.kind !== "date" && type.kind !== "time") return false;
  return text === plain(nowText(type)) || NOW[text] === type.kind;
}

function isRandom(text: string, type: LogicalType, variant: Variant): boolean {
  // MySQL writes more parentheses than it was given.
  const bare = (one: string): string => one.replaceAll(/[()]/g, "");
  return type.kind === "uuid" && bare(text) === bare(plain(randomText(type, variant)));
}

function bytesOrText(type: LogicalType, hex: string): unknown {
  const bytes = Buffer.from(hex, "hex");
  return type.kind === "bytes" || type.kind === "uuid" ? bytes : bytes.toString();
}

/** What the driver would read; undefined where it is no literal. */
function cellOf({ text, type, isLiteral }: DefaultSource): unknown {
  if (isLiteral) {
    const hex = /^0x([\da-f]*)$/i.exec(text)?.[1];
    return hex !== undefined && (type.kind === "bytes" || type.kind === "uuid")
      ? Buffer.from(hex, "hex")
      : text;
  }
  const tokens = tokensOf(withoutParentheses(text, STYLE), STYLE);
  const isNegative = tokens[0]?.text === "-";
  const [token, second] = isNegative ? tokens.slice(1) : tokens;
  if (token === undefined || second !== undefined) return undefined;
  if (token.kind === "number") return `${isNegative ? "-" : ""}${token.text}`;
  if (isNegative) return undefined;
  if (token.kind === "bytes") return bytesOrText(type, token.value);
  if (token.kind !== "text") return undefined;
  return type.kind === "bytes" ? Buffer.from(token.value) : token.value;
}

export function findDefault(
  source: DefaultSource,
  types: TypeMap,
  variant: Variant,
): DefaultModel | undefined {
  const { text, type, isLiteral } = source;
  if (!isLiteral) {
    const inner = plain(text);
    if (inner === "null") return undefined;
    if (isNow(inner, type)) return { kind: "now" };
    if (isRandom(inner, type, variant)) return { kind: "random" };
  }
  const cell = cellOf(source);
  const value = cell === undefined ? undefined : defaultOfCell(cell, type, types);
  if (value !== undefined) return value;
  return {
    kind: "sql",
    text: isLiteral ? `'${text.replaceAll("'", "''")}'` : withoutParentheses(text, STYLE),
  };
}
