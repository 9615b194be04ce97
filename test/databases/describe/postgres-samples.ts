// Values of PostgreSQL's types, the odd ones among them.
const numbers = ["0", "-1", "7"];
const floats = ["0", "-1.5", "NaN", "Infinity"];
const texts = ["", "a", "B c", "1", "\\", "year", "UTC", "hex", "UTF8", "MM"];
const instants = ["infinity", "-infinity", "2024-02-29 12:00:00", "0001-01-01 00:00:00 BC"];

export const SAMPLES: Readonly<Record<string, readonly string[]>> = {
  smallint: numbers,
  integer: numbers,
  bigint: numbers,
  oid: ["0", "23"],
  real: floats,
  "double precision": floats,
  numeric: ["0", "-1.25", "NaN", "Infinity", "-Infinity"],
  money: ["0", "-1.5"],
  boolean: ["t", "f"],
  text: texts,
  "character varying": texts,
  character: ["", "a"],
  '"char"': ["a", ""],
  name: ["a", "b"],
  bytea: ["", "\\x00ff"],
  date: ["infinity", "-infinity", "2024-02-29", "0001-01-01 BC"],
  "time without time zone": ["00:00", "24:00", "12:34:56.789"],
  "time with time zone": ["00:00+00", "24:00-12"],
  "timestamp without time zone": instants,
  "timestamp with time zone": instants,
  interval: ["0", "infinity", "-infinity", "1 month -1 day", "-3.5 hours"],
  uuid: ["00000000-0000-0000-0000-000000000000", "018f4d2e-8f00-7000-8000-000000000000"],
  json: ["null", "{}", "[]", '{"a": null}', "[1, null]", "1", '"a"'],
  jsonb: ["null", "{}", "[]", '{"a": null}', "[1, null]", "1", '"a"', "true"],
  jsonpath: ["$", "$.a", "$[*]"],
  "text[]": ["{}", "{a,NULL}", "{{a},{b}}", "{a}"],
  "integer[]": ["{}", "{1,NULL}"],
  bit: ["0", "1"],
  "bit varying": ["", "101"],
  inet: ["127.0.0.1", "::1", "10.0.0.0/8"],
  cidr: ["10.0.0.0/8", "::/0"],
  macaddr: ["08:00:2b:01:02:03"],
  macaddr8: ["08:00:2b:01:02:03:04:05"],
  tsvector: ["", "a b:1"],
  tsquery: ["", "a & !b"],
  int4range: ["empty", "[1,3)", "(,)", "[5,)"],
  int8range: ["empty", "[1,3)", "(,)"],
  numrange: ["empty", "[1,3)", "(,)"],
  daterange: ["empty", "(,)", "[2024-01-01,infinity)"],
  tsrange: ["empty", "(,)"],
  tstzrange: ["empty", "(,)"],
  int4multirange: ["{}", "{[1,3),[5,)}"],
  tid: ["(0,1)"],
  pg_lsn: ["0/0", "16/B374D848"],
  xid: ["1"],
  cid: ["1"],
  xid8: ["1"],
  oidvector: ["1 2"],
};

/** All of one value from each list. */
export function combinations(lists: readonly (readonly string[])[]): string[][] {
  let found: string[][] = [[]];
  for (const list of lists)
    found = found.flatMap((before) => list.map((value) => [...before, value]));
  // Functions of many arguments have few kinds of outcomes.
  return found.length <= 150
    ? found
    : found.filter((_, at) => at % Math.ceil(found.length / 150) === 0);
}
