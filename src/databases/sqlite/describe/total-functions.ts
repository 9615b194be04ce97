/** Which functions of SQLite give NULL. Where it isn't known, they may. */

import { ANYTHING, BLOB, INTEGER, NULL, NUMERIC, SOMETHING, TEXT, type Value } from "./values.ts";

/** Never, whatever they are given. */
const NEVER = new Set(
  (
    "typeof hex quote concat char random randomblob zeroblob last_insert_rowid changes total_changes sqlite_version " +
    "sqlite_source_id json_array json_object json_quote subtype current_timestamp current_date current_time"
  ).split(" "),
);

/** For what isn't NULL never. */
const TOTAL = new Set(
  (
    "length octet_length upper lower trim ltrim rtrim replace substr substring instr abs round min max like glob " +
    "json json_valid json_patch jsonb plinth_lower plinth_upper plinth_like plinth_ilike"
  ).split(" "),
);

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
  json_valid: INTEGER,
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
  rtrim: TEXT,
  sign: INTEGER,
  time: TEXT,
  total_changes: INTEGER,
  trim: TEXT,
  typeof: TEXT,
  unixepoch: INTEGER,
  upper: TEXT,
};

/** Whether it gives NULL for any argument that is NULL. */
export function isStrict(name: string): boolean {
  return TOTAL.has(name) || NUMBERS.has(name);
}

/**
 * @param given The arguments.
 * @param isWhole Whether these are all.
 */
export function kindsOfCall(name: string, given: readonly Value[], isWhole: boolean): number {
  const kinds = KINDS[name] ?? SOMETHING;
  const isNull = given.some((value) => (value.kinds & NULL) !== 0);
  const isNumeric = given.every((value) => (value.kinds & ~NUMERIC) === 0);
  const [first] = given;
  // The part of an empty blob is NULL.
  const isPart = name.startsWith("substr") && ((first?.kinds ?? ANYTHING) & BLOB) !== 0;
  const isTotal =
    NEVER.has(name) ||
    (TOTAL.has(name) && !isNull && !isPart && isWhole) ||
    (NUMBERS.has(name) && isNumeric && !isNull && isWhole) ||
    (name === "concat_ws" && first !== undefined && (first.kinds & NULL) === 0);
  return isTotal ? kinds : kinds | NULL;
}

/** @param given The kinds of all values that it was given; undefined where there were none. */
export function kindsOfAggregate(name: string, given: number | undefined): number {
  if (name === "count") return INTEGER;
  if (name === "total") return NUMERIC;
  if (name === "json_group_array" || name === "json_group_object") return TEXT;
  if (/^(?:row_number|rank|dense_rank|ntile)$/.test(name)) return INTEGER;
  if (name === "percent_rank" || name === "cume_dist") return NUMERIC;
  if (given === undefined || (given & NULL) !== 0) return kindsOf(name, given ?? SOMETHING) | NULL;
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
