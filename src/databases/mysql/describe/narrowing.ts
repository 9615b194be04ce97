/**
 * What WHERE says of columns by being met: `where age > 3` leaves no row whose age is NULL. Only conditions that all must
 * hold are read, and of them only those that compare a name that stands alone; the server says which column that is.
 */

import { closingOf, isSign, isWord, type SqlToken } from "../../../dialect/text/sql-tokens.ts";
import { endOfName, isName, wordOf } from "./blocks.ts";

type Tokens = readonly SqlToken[];

const ENDS = new Set(
  "except fetch for group having intersect into limit lock offset order procedure union window".split(
    " ",
  ),
);
/** What may make something true of a NULL, or leaves open what belongs together. */
const OPENING = new Set(
  "all any case collate div exists in interval is like mod not null or regexp rlike sounds xor".split(
    " ",
  ),
);
/** Functions that don't make one row of many. */
const SCALAR = new Set(
  (
    "abs ascii cast ceil char_length coalesce concat concat_ws convert curdate current_date current_timestamp " +
    "date date_add date_format date_sub datediff day exists extract field floor format greatest hex hour if ifnull in " +
    "instr isnull json_array json_extract json_length json_object json_query json_quote json_set json_type json_unquote " +
    "json_valid json_value least left length locate lower lpad md5 minute mod month not now nullif pow replace reverse " +
    "right round rpad second sha2 sign space sqrt strcmp substr substring substring_index time timestampdiff trim " +
    "truncate unix_timestamp upper utc_timestamp uuid year over row_number rank dense_rank lag lead ntile"
  ).split(" "),
);

/** Where the conditions of the outermost query stand; undefined for what is more than one plain query. */
function conditionsIn(
  tokens: Tokens,
): { readonly begin: number; readonly end: number } | undefined {
  if (!/^(?:select|with)$/.test(wordOf(tokens[0]))) return undefined;
  if (tokens.some((token) => isWord(token, "rollup"))) return undefined;
  let select = -1;
  let from = -1;
  let where = -1;
  let end = tokens.length;
  let isGrouped = false;
  for (let at = 0; at < tokens.length; at++) {
    const word = wordOf(tokens[at]);
    if (isSign(tokens[at], "(")) at = closingOf(tokens, at);
    else if (/^(?:except|intersect|union)$/.test(word)) return undefined;
    else if (where !== -1 && isJoining(tokens[at])) return undefined;
    else if (word === "select") select = at;
    else if (word === "from") from = at;
    else if (word === "where") where = at;
    else if (word === "group") isGrouped = true;
    if (where !== -1 && end === tokens.length && (ENDS.has(word) || isSign(tokens[at], ";")))
      end = at;
  }
  if (select === -1 || from < select || where < from) return undefined;
  const others = [...tokens.slice(select + 1, from), ...tokens.slice(end)];
  return isGrouped || areScalar(others) ? { begin: where, end } : undefined;
}

/** What joins conditions of which not all must be met. */
function isJoining(token: SqlToken | undefined): boolean {
  return /^(?:case|or|xor)$/.test(wordOf(token)) || isSign(token, "&") || isSign(token, "|");
}

function areScalar(tokens: Tokens): boolean {
  return tokens.every(
    (token, at) => !isName(token) || !isSign(tokens[at + 1], "(") || SCALAR.has(wordOf(token)),
  );
}

/** The parts that AND joins; none where something else does. */
function conditionsOf(tokens: Tokens): readonly Tokens[] {
  const parts: SqlToken[][] = [[]];
  let isBetween = false;
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]!;
    const word = wordOf(token);
    if (isJoining(token)) return [];
    if (word === "and" && !isBetween) parts.push([]);
    else parts.at(-1)!.push(token);
    if (word === "between" || word === "and") isBetween = word === "between";
    if (!isSign(token, "(")) continue;
    const close = closingOf(tokens, at);
    parts.at(-1)!.push(...tokens.slice(at + 1, close + 1));
    at = close;
  }
  return parts.flatMap((part) =>
    isSign(part[0], "(") && closingOf(part, 0) === part.length - 1
      ? conditionsOf(part.slice(1, -1))
      : [part],
  );
}

/** Whether nothing but a value stands there, which may be NULL. */
function isValue(tokens: Tokens): boolean {
  let isPlain = tokens.length > 0;
  for (let at = 0; at < tokens.length; at++) {
    if (isSign(tokens[at], "(")) at = closingOf(tokens, at);
    else if (OPENING.has(wordOf(tokens[at])) || /^[<>=!:]$/.test(tokens[at]!.text)) isPlain = false;
  }
  return isPlain;
}

/** The names that can't be NULL where a condition is met. */
function namesIn(condition: Tokens): readonly Tokens[] {
  const name = nameIn(condition);
  if (name === undefined) return [];
  const sides = condition.slice(name.length);
  const sign = sides.findIndex((token) => !/^[<>=!]$/.test(token.text));
  const other = sign > 0 ? sides.slice(sign) : [];
  return isPlainName(other) ? [name, other] : [name];
}

function isPlainName(tokens: Tokens): boolean {
  const [first] = tokens;
  return isName(first) && !OPENING.has(wordOf(first)) && endOfName(tokens, 0) === tokens.length;
}

/** The name that it begins with. */
function nameIn(condition: Tokens): Tokens | undefined {
  const isNegated = isWord(condition[0], "not");
  const tokens = isNegated ? condition.slice(1) : condition;
  const end = isName(tokens[0]) && !OPENING.has(wordOf(tokens[0])) ? endOfName(tokens, 0) : 0;
  const name = tokens.slice(0, end);
  const rest = tokens.slice(end);
  if (end === 0 || isSign(rest[0], "(")) return undefined;
  // A flag.
  if (rest.length === 0) return name;
  if (isNegated) return undefined;
  const words = rest.map((token) => wordOf(token));
  if (words.join(" ") === "is not null") return name;
  const [first, second] = words;
  const verb = first === "not" ? second! : first!;
  const operand = rest.slice(first === "not" ? 2 : 1);
  if (verb === "in")
    return isSign(operand[0], "(") && closingOf(operand, 0) === operand.length - 1
      ? nameOfList(name, operand, first === "not")
      : undefined;
  if (verb === "like") return isValue(operand) ? name : undefined;
  if (verb === "between") return isValue(operand) ? name : undefined;
  const sign = rest
    .slice(0, 3)
    .map(({ text }) => text)
    .join("")
    .match(/^(?:<>|!=|<=(?!>)|>=|=|<(?!=>)|>)/)?.[0];
  if (sign === undefined || first === "not") return undefined;
  return isValue(rest.slice(sign.length)) ? name : undefined;
}

/** `not in` of a query that gives no rows is true of NULL. */
function nameOfList(name: Tokens, operand: Tokens, isNegated: boolean): Tokens | undefined {
  const isQuery = operand.some((token) => /^(?:select|table|values|with)$/.test(wordOf(token)));
  return isNegated && isQuery ? undefined : name;
}

export interface Narrowed {
  /** The place of WHERE. */
  readonly at: number;
  /** As they stand. */
  readonly names: readonly string[];
}

/** Names of columns that are not NULL in any row that a query gives. */
export function narrowedNames(tokens: Tokens): Narrowed {
  const where = conditionsIn(tokens);
  if (where === undefined) return { at: -1, names: [] };
  const { begin, end } = where;
  const names = conditionsOf(tokens.slice(begin + 1, end))
    .flatMap(namesIn)
    .map((name) => name.map(({ text }) => text).join(""));
  return { at: begin, names: [...new Set(names)] };
}
