import { giveCodecs, type Codec, type Family, type StoredValue } from "../ast/codec.ts";
import type { CustomStorage, CustomType } from "../ast/logical-type.ts";
import { ConfigError } from "../core/error.ts";
import type { ColumnBuilder } from "./column.ts";
import { declare } from "./types.ts";

export interface CustomCodec<Value> {
  /** What is bound for a value. It is never given null, and throws for a value that it doesn't take. */
  readonly encode: (value: Value) => StoredValue;
  /** The value of what the driver gives, which is never null: text on PostgreSQL, whatever the type. */
  readonly decode: (stored: StoredValue) => Value;
}

/** How one family of databases keeps the type. Its texts are SQL of your own, never what a user gave. */
export interface CustomDatabase<Value> extends Partial<CustomCodec<Value>> {
  /** The type's name in DDL, such as `"vector(3)"`. SQLite has `integer`, `real`, `text`, `blob` and `any`. */
  readonly type: string;
  /** SQL around a value that is bound, which stands at `$value`: `"ST_GeomFromText($value)"`. Default: the value. */
  readonly write?: string;
  /** SQL around what is read, which stands at `$value`: `"ST_AsText($value)"`. Default: the column. */
  readonly read?: string;
}

export interface CustomTypeOptions<Value> extends CustomCodec<Value> {
  /** For messages. */
  readonly name: string;
  readonly sqlite?: CustomDatabase<Value>;
  readonly postgres?: CustomDatabase<Value>;
  readonly mysql?: CustomDatabase<Value>;
}

/** Makes columns of a custom type. */
export type CustomTypeDeclaration<Value> = (name?: string) => ColumnBuilder<Value | null>;

const FAMILIES: readonly Family[] = ["sqlite", "postgres", "mysql"];

function storageOf(name: string, { type, write, read }: CustomStorage): CustomStorage {
  for (const text of [write, read]) {
    if (text === undefined || (typeof text === "string" && text.split("$value").length === 2))
      continue;
    throw new ConfigError(`SQL of the custom type "${name}" does not hold $value once.`, {
      code: "E_SCHEMA",
      hint: 'Write it as "ST_GeomFromText($value)".',
    });
  }
  if (typeof type !== "string" || type.trim() === "")
    throw new ConfigError(`The custom type "${name}" has no type in SQL.`, { code: "E_SCHEMA" });
  return {
    type,
    ...(write === undefined ? {} : { write }),
    ...(read === undefined ? {} : { read }),
  };
}

/**
 * A type that a database has and Plinth doesn't know. A database that it isn't declared for refuses its columns.
 *
 * @returns A function that makes a column: `embedding: vector().notNull()`. Declare the type once, as a table.
 */
export function customType<Value>(
  options: CustomTypeOptions<Value>,
): CustomTypeDeclaration<Value & {}> {
  const { name } = options;
  const storages: Partial<Record<Family, CustomStorage>> = {};
  const codecs: Partial<Record<Family, Codec>> = {};
  for (const family of FAMILIES) {
    const own = options[family];
    if (own === undefined) continue;
    storages[family] = storageOf(name, own);
    const { encode = options.encode, decode = options.decode } = own;
    // A codec takes the values of its type, which the types of columns see to.
    codecs[family] = { encode, decode } as Codec;
  }
  if (typeof name !== "string" || name === "" || Object.keys(storages).length === 0) {
    throw new ConfigError("A custom type needs a name and a database.", {
      code: "E_SCHEMA",
      hint: 'Write it as customType({ name: "vector", postgres: { type: "vector(3)" }, … }).',
    });
  }
  const type: CustomType = { kind: "custom", name, databases: storages };
  giveCodecs(type, codecs);
  return (givenName) => declare<Value & {}>(givenName, type);
}
