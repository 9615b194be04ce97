/** Types that only a database knows, with a codec that keeps their values as they are. */

import type { Family } from "../../ast/codec.ts";
import type { CustomStorage, CustomType } from "../../ast/logical-type.ts";
import { call, code, options, quoted, type Code } from "./code.ts";

interface Form {
  /** Of a value in TypeScript. */
  readonly value: string;
  readonly encode: string;
  readonly decode: string;
  /** SQL around what is written and read, where the driver would make something else of it. */
  readonly write?: string;
  readonly read?: string;
}

const TEXT: Form = { value: "string", encode: "String", decode: "String" };
const NUMBER: Form = { value: "number", encode: "Number", decode: "Number" };
const BIGINT: Form = {
  value: "bigint",
  encode: "(value) => value",
  decode: "(stored) => BigInt(String(stored))",
};
const BYTES: Form = {
  value: "Uint8Array",
  encode: "(value) => value",
  decode: "(stored) => stored as Uint8Array",
};
const JSON_TEXT: Form = {
  value: "unknown",
  encode: "(value) => JSON.stringify(value)",
  decode: '(stored) => (typeof stored === "string" ? JSON.parse(stored) : stored)',
};
const STORED: Form = {
  value: "StoredValue",
  encode: "(value) => value",
  decode: "(stored) => stored",
};
/** The bytes that the server itself keeps, reference system included, in hexadecimal. */
const GEOMETRY: Form = { ...TEXT, write: "unhex($value)", read: "hex($value)" };

const MYSQL: readonly (readonly [RegExp, Form])[] = [
  [/^(?:tinyint|smallint|mediumint|int|year|float|double)\b/i, NUMBER],
  [/^bigint\b/i, BIGINT],
  [/^(?:bit|binary|varbinary|tinyblob|blob|mediumblob|longblob|vector)\b/i, BYTES],
  [
    /^(?:geometry|geometrycollection|geomcollection|(?:multi)?(?:point|linestring|polygon))\b/i,
    GEOMETRY,
  ],
];

const SQLITE: Readonly<Record<string, Form>> = {
  any: STORED,
  blob: BYTES,
  integer: BIGINT,
  real: NUMBER,
  text: TEXT,
};

function formOf(family: Family, { type }: CustomStorage): Form {
  if (family === "mysql") return MYSQL.find(([pattern]) => pattern.test(type))?.[1] ?? TEXT;
  if (family === "sqlite") return SQLITE[type] ?? STORED;
  return type === "json" ? JSON_TEXT : TEXT;
}

/** `customType<string>({ … })`; undefined for one that no database of the model has. */
export function customCode({ name, databases }: CustomType): Code | undefined {
  const [found] = Object.entries(databases) as [Family, CustomStorage][];
  if (found === undefined) return undefined;
  const [family, storage] = found;
  const form = formOf(family, storage);
  const database = options({
    type: quoted(storage.type),
    write: sqlOf(storage.write ?? form.write),
    read: sqlOf(storage.read ?? form.read),
  });
  return call(
    `customType<${form.value}>`,
    options({
      name: quoted(name),
      [family]: database,
      encode: code(form.encode),
      decode: code(form.decode),
    }),
  );
}

function sqlOf(text: string | undefined): Code | undefined {
  return text === undefined ? undefined : quoted(text);
}
