/** A default as the server writes it. */

import type { LogicalType } from "../../../ast/logical-type.ts";
import { defaultOfCell } from "../../../dialect/values/read-default.ts";
import { isSign, tokensOf, withoutParentheses } from "../../../dialect/text/sql-tokens.ts";
import type { DefaultModel } from "../../../schema/model.ts";
import { postgresTypes } from "../types.ts";

const CAST = /^(?:word|name|number)$/;
const CAST_SIGNS = new Set([":", "(", ")", "[", "]", ",", "."]);

/** The text of a literal without its casts; undefined for what is none. */
function literalOf(text: string): string | undefined {
  const tokens = tokensOf(text);
  while (isSign(tokens[0], "(")) tokens.shift();
  const isNegative = isSign(tokens[0], "-");
  const token = tokens[isNegative ? 1 : 0];
  const casts = tokens.slice(isNegative ? 2 : 1);
  const isCast = casts.every(
    ({ kind, text: sign }) => CAST.test(kind) || (kind === "sign" && CAST_SIGNS.has(sign)),
  );
  const first = casts.find((cast) => !isSign(cast, ")"));
  if (token === undefined || !isCast || (first !== undefined && !isSign(first, ":")))
    return undefined;
  if (token.kind === "number") return `${isNegative ? "-" : ""}${token.text}`;
  if (token.kind === "text" && !isNegative) return token.value;
  return token.kind === "word" && /^(?:true|false)$/.test(token.text)
    ? token.text.charAt(0)
    : undefined;
}

const CLOCK = String.raw`\(?(?:now\(\)|current_timestamp(?:\(\d\))?) at time zone 'utc'::text\)?|timezone\('utc'::text, now\(\)\)`;
const NOW = `(?:now\\(\\)|${CLOCK})`;
const INSTANT = new RegExp(
  String.raw`^(?:${NOW}|(?:current_|local)timestamp(?:\(\d\))?|date_trunc\('(?:milliseconds|second)'::text, ${NOW}\)|` +
    String.raw`date_bin\('[^']*'::interval, ${NOW}, '2000-01-01 00:00:00(?:\+00)?'::timestamp with(?:out)? time zone\))$`,
  "i",
);
const DAY = /^(?:current_date|\(\(now\(\) at time zone 'utc'::text\)\)::date)$/i;
const TIME = /^(?:current_time|localtime|\(+.*now\(\).* at time zone 'utc'::text\)+::time\b.*)/i;
const COUNT = /^\(trunc\(.*extract\(epoch from now\(\)\).*\)\)::bigint$/i;

function isNow(text: string, { kind }: LogicalType): boolean {
  if (kind === "timestamp") return INSTANT.test(text) || COUNT.test(text);
  if (kind === "date") return DAY.test(text);
  return kind === "time" && TIME.test(text);
}

export function findDefault(text: string, type: LogicalType): DefaultModel | undefined {
  const inner = text.trim();
  if (/^null(?:::|$)/i.test(inner)) return undefined;
  if (isNow(inner, type)) return { kind: "now" };
  if (type.kind === "uuid" && /^(?:gen_random_uuid|uuidv4)\(\)$/.test(inner))
    return { kind: "random" };
  const literal = literalOf(inner);
  const value = literal === undefined ? undefined : defaultOfCell(literal, type, postgresTypes);
  return value ?? { kind: "sql", text: withoutParentheses(inner) };
}
