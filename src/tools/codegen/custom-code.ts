/** Types that only a database knows, with a codec that keeps their values as they are. */

import type { Family } from "../../ast/codec.ts";
import type { CustomStorage, CustomType } from "../../ast/logical-type.ts";
import type { CustomForm } from "../../dialect/values/type-map.ts";
import { call, code, options, quoted, type Code } from "./code.ts";

interface Codec {
  /** Of a value in TypeScript. */
  readonly value: string;
  readonly encode: string;
  readonly decode: string;
}

const CODECS: Readonly<Record<CustomForm, Codec>> = {
  text: { value: "string", encode: "String", decode: "String" },
  number: { value: "number", encode: "Number", decode: "Number" },
  bigint: {
    value: "bigint",
    encode: "(value) => value",
    decode: "(stored) => BigInt(String(stored))",
  },
  bytes: {
    value: "Uint8Array",
    encode: "(value) => value",
    decode: "(stored) => stored as Uint8Array",
  },
  json: {
    value: "unknown",
    encode: "(value) => JSON.stringify(value)",
    decode: "(stored) => JSON.parse(String(stored))",
  },
  any: { value: "StoredValue", encode: "(value) => value", decode: "(stored) => stored" },
};

function sqlOf(text: string | undefined): Code | undefined {
  return text === undefined ? undefined : quoted(text);
}

/** `customType<string>({ … })`; undefined for one that no database of the model has. */
export function customCode(
  { databases, name }: CustomType,
  formOf: (type: string) => CustomForm,
): Code | undefined {
  const [found] = Object.entries(databases) as [Family, CustomStorage][];
  if (found === undefined) return undefined;
  const [family, { read, type, write }] = found;
  const { decode, encode, value } = CODECS[formOf(type)];
  const database = options({ type: quoted(type), write: sqlOf(write), read: sqlOf(read) });
  return call(
    `customType<${value}>`,
    options({ name: quoted(name), [family]: database, encode: code(encode), decode: code(decode) }),
  );
}
