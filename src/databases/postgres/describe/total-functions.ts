/**
 * Functions of PostgreSQL that never give NULL for arguments none of which is NULL. Only what is known to: a test calls
 * all of them with values of all kinds.
 */

/** Geometric ones are left out: many give NULL where nothing meets, and `path + path` where one is closed. */
const OPERATORS =
  "= <> < <= > >= + - * / % ^ || & | # ~ << >> ~~ !~~ ~~* !~~* !~ ~* !~* ^@ @> <@ && ? ?| ?& -|- @ |/ ||/ #-".split(
    " ",
  );

/** `to_char` and `extract` are not among them: of infinite times they give NULL. */
const NAMES = `
  abs ceil ceiling floor round trunc sign sqrt cbrt exp ln log log10 power mod div gcd lcm degrees radians pi random
  sin cos tan asin acos atan atan2 sinh cosh tanh width_bucket factorial
  length char_length character_length octet_length bit_length bit_count upper lower casefold initcap btrim ltrim rtrim
  lpad rpad left right substr substring replace repeat reverse translate split_part overlay strpos position starts_with
  ascii chr to_hex to_bin to_oct md5 sha224 sha256 sha384 sha512 encode decode convert_from convert_to crc32
  quote_literal quote_ident quote_nullable concat concat_ws format normalize unistr regexp_replace regexp_count
  regexp_instr regexp_like regexp_split_to_array similar_to_escape string_to_array array_to_string like notlike
  now clock_timestamp statement_timestamp transaction_timestamp timeofday date_trunc date_bin age isfinite
  make_date make_time make_timestamp make_timestamptz make_interval justify_days justify_hours justify_interval
  to_timestamp to_date timezone
  gen_random_uuid uuidv4 uuidv7
  cardinality array_append array_prepend array_cat array_remove array_replace array_positions array_fill
  to_json to_jsonb json_build_object jsonb_build_object json_build_array jsonb_build_array row_to_json array_to_json
  json_object jsonb_object jsonb_set jsonb_insert json_strip_nulls jsonb_strip_nulls jsonb_pretty json_typeof jsonb_typeof
  json_array_length jsonb_array_length jsonb_path_query_array
  to_tsvector to_tsquery plainto_tsquery phraseto_tsquery websearch_to_tsquery ts_rank ts_rank_cd ts_headline setweight
  numnode strip isempty lower_inc upper_inc lower_inf upper_inf host network family masklen
  pg_typeof nextval setval num_nonnulls num_nulls
`
  .trim()
  .split(/\s+/);

const list = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(", ");

const ofPlainTypes = (types: string): string =>
  `not exists (select from pg_type where oid = any (${types}) and typcategory = 'G')`;

/**
 * Gives `oid`. A search by a pattern may find nothing, `time` of an infinite timestamp is NULL, and so is a number of
 * JSON's null.
 */
export const TOTAL_FUNCTIONS: string = `
  select oprcode::oid as oid from pg_operator
  where oprnamespace = 'pg_catalog'::regnamespace and oprname in (${list(OPERATORS)})
    and ${ofPlainTypes("array[oprleft, oprright]")}
  union
  select castfunc from pg_cast join pg_proc on pg_proc.oid = castfunc
  where pronamespace = 'pg_catalog'::regnamespace and castsource <> 'jsonb'::regtype
    and (casttarget not in ('time'::regtype, 'timetz'::regtype) or castsource in ('time'::regtype, 'timetz'::regtype))
    and ${ofPlainTypes("array[castsource, casttarget]")}
  union
  select oid from pg_proc
  where pronamespace = 'pg_catalog'::regnamespace and proname in (${list(NAMES)}) and prokind = 'f' and not proretset
    and ${ofPlainTypes("proargtypes::oid[]")}
    and not (proname = 'substring' and 'text'::regtype = proargtypes[1])
    and not (proname in ('lower', 'upper') and proargtypes[0] not in ('text'::regtype))`;
