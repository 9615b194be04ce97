/** Which functions of SQLite give NULL. Where it isn't known, they may. */

import { ANYTHING, BLOB, INTEGER, NULL, NUMERIC, SOMETHING, TEXT, type Value } from "./values.ts";

/** Never, whatever they are given. */
const NEVER = new Set(
  (
    "typeof hex quote concat char random randomblob zeroblob last_insert_rowid changes total_changes sqlite_version " +
    "sqlite_source_id json_array json_object json_quote subtype current_timestamp current_date current_time pi"
  ).split(" "),
);

/** For what isn't NULL never. */
const TOTAL = new Set(
  (
    "length octet_length upper lower trim ltrim rtrim replace substr substring instr abs round min max like glob " +
    "json json_valid json_patch jsonb json_set json_insert json_replace plinth_lower plinth_upper plinth_like plinth_ilike"
  ).split(" "),
);

/** The same where they are given one argument; of a path into JSON nothing may be there. */
const OF_ONE = new Set(["json_type", "json_array_length"]);

const NUMBERS = new Set("ceil ceiling floor trunc sign degrees radians exp".split(" "));

const KINDS: Readonly<Record<string, number>> = {
  changes: INTEGER,
  char: TEXT,
  concat: TEXT,
  current_date: TEXT,
  current_time: TEXT,
  current_timestamp: TEXT,
  date: TEXT,
  datetime: TEXT,
  glob: INTEGER,
  hex: TEXT,
  instr: INTEGER,
  json: TEXT,
  json_array: TEXT,
  json_array_length: INTEGER,
  json_object: TEXT,
  json_quote: TEXT,
  json_type: TEXT,
  json_valid: INTEGER,
  julianday: NUMERIC,
  last_insert_rowid: INTEGER,
  length: INTEGER,
  like: INTEGER,
  lower: TEXT,
  ltrim: TEXT,
  octet_length: INTEGER,
  plinth_ilike: INTEGER,
  plinth_like: INTEGER,
  quote: TEXT,
  random: INTEGER,
  replace: TEXT,
  round: NUMERIC,
  rtrim: TEXT,
  sign: INTEGER,
  strftime: TEXT,
  time: TEXT,
  total_changes: INTEGER,
  trim: TEXT,
  typeof: TEXT,
  unixepoch: INTEGER,
  upper: TEXT,
};

const TIMES = new Set(["date", "datetime", "julianday", "time", "unixepoch"]);
/** What may follow `'now'` and leads to no time that SQLite doesn't know, not even three of them. */
const SHIFT =
  /^(?:[+-]?(?:\d{1,3} years?|\d{1,4} months?|\d{1,5} days?|\d{1,6} hours?|\d{1,8} minutes?|\d{1,9} seconds?)|start of (?:year|month|day)|weekday [0-6]|utc|localtime|subsec(?:ond)?)$/i;
const FORMAT = /^(?:[^%]|%[%dfFHIjJmMRsSTuUVwWY])+$/;

/** `date('now', …)`, `strftime('%Y', 'now', …)`. */
function isOfNow(name: string, given: readonly Value[]): boolean {
  const texts = given.map(({ constant }) => (typeof constant === "string" ? constant : ""));
  const isFormatted = name === "strftime";
  if (isFormatted ? given.length === 0 || !FORMAT.test(texts[0]!) : !TIMES.has(name)) return false;
  const [now = "now", ...shifts] = isFormatted ? texts.slice(1) : texts;
  return (
    now.toLowerCase() === "now" && shifts.length <= 3 && shifts.every((text) => SHIFT.test(text))
  );
}

/** Whether it gives NULL for any argument that is NULL. */
export function isStrict(name: string): boolean {
  return TOTAL.has(name) || NUMBERS.has(name);
}

/** Of what depends on the arguments. */
function kindsGiven(name: string, given: readonly Value[]): number | undefined {
  const all = given.reduce((kinds, value) => kinds | value.kinds, 0) & ~NULL;
  switch (name) {
    case "max":
    case "min":
      return all;
    case "abs":
    case "ceil":
    case "ceiling":
    case "floor":
    case "trunc":
      return (all & ~INTEGER) === 0 ? INTEGER : NUMERIC;
    case "nullif":
      return given[0]?.kinds;
    case "unixepoch":
      return given.length > 1 ? NUMERIC : INTEGER;
    default:
      return undefined;
  }
}

/**
 * @param given The arguments, behind which others may stand that the function isn't given; so what is true for these must
 * be true without the last of them.
 * @param isExact Whether none does.
 */
export function kindsOfCall(name: string, given: readonly Value[], isExact: boolean): number {
  const kinds = kindsGiven(name, given) ?? KINDS[name] ?? SOMETHING;
  const isNull = given.some((value) => (value.kinds & NULL) !== 0);
  const isNumeric = given.every((value) => (value.kinds & ~NUMERIC) === 0);
  const [first] = given;
  // The part of an empty blob is NULL.
  const isPart = name.startsWith("substr") && ((first?.kinds ?? ANYTHING) & BLOB) !== 0;
  const isTotal =
    NEVER.has(name) ||
    (TOTAL.has(name) && !isNull && !isPart && given.length > 0) ||
    (OF_ONE.has(name) && !isNull && isExact && given.length === 1) ||
    (NUMBERS.has(name) && isNumeric && !isNull) ||
    isOfNow(name, given) ||
    (name === "concat_ws" && first !== undefined && (first.kinds & NULL) === 0);
  return isTotal ? kinds : kinds | NULL;
}

/**
 * @param values The kinds of all values that it may have been given.
 * @param isGiven Whether there certainly was one.
 */
export function kindsOfAggregate(
  name: string,
  values: number | undefined,
  isGiven: boolean,
): number {
  const given = values ?? SOMETHING;
  if (name === "count") return INTEGER;
  if (name === "total") return NUMERIC;
  if (name === "json_group_array" || name === "json_group_object") return TEXT;
  if (/^(?:row_number|rank|dense_rank|ntile)$/.test(name)) return INTEGER;
  if (name === "percent_rank" || name === "cume_dist") return NUMERIC;
  if (!isGiven || (given & NULL) !== 0) return kindsOf(name, given) | NULL;
  // A sum of infinite numbers may be none.
  const isFinite = (given & ~(INTEGER | 4)) === 0;
  if (name === "sum" || name === "avg") return kindsOf(name, given) | (isFinite ? 0 : NULL);
  return /^(?:min|max|group_concat|string_agg)$/.test(name)
    ? kindsOf(name, given)
    : SOMETHING | NULL;
}

function kindsOf(name: string, given: number): number {
  switch (name) {
    case "min":
    case "max":
      return given & ~NULL;
    case "sum":
      return (given & ~(INTEGER | NULL)) === 0 ? INTEGER : NUMERIC;
    case "avg":
      return NUMERIC & ~INTEGER;
    case "group_concat":
    case "string_agg":
      return TEXT;
    default:
      return SOMETHING;
  }
}
