/** The types of columns, one function each. A column may be NULL unless it says `.notNull()`. */

import { intern, type LogicalType, type StorageSettings } from "../ast/logical-type.ts";
import { ConfigError } from "../core/error.ts";
import { hasTemporal, type TemporalInstant } from "../core/temporal.ts";
import { ColumnBuilder, plainSpec } from "./column.ts";

export function declare<Value>(
  givenName: string | undefined,
  type: LogicalType,
): ColumnBuilder<Value | null> {
  return new ColumnBuilder(plainSpec(intern(type), givenName));
}

/** Takes apart `type(name?, options?)`. */
function parse<Options extends object>(
  name: string | Options | undefined,
  options: Options | undefined,
): [string | undefined, Partial<Options>] {
  return typeof name === "string" ? [name, options ?? {}] : [undefined, name ?? {}];
}

function requireWhole(what: string, value: number, low: number, high: number): void {
  if (!Number.isInteger(value) || value < low || value > high) {
    throw new ConfigError(`${what} must be a whole number from ${low} to ${high}.`, {
      code: "E_SCHEMA",
    });
  }
}

/** A setting that no database knows would be overlooked by it. */
function requireStorage(
  what: string,
  storage: StorageSettings | undefined,
  known: Readonly<Record<string, readonly string[]>>,
): void {
  for (const [family, setting] of Object.entries(storage ?? {})) {
    if (setting === undefined || known[family]?.includes(setting) === true) continue;
    const settings = Object.entries(known).map(([one, names]) => `${one}: ${names.join(", ")}`);
    throw new ConfigError(`The storage of a ${what} is none that Plinth knows.`, {
      code: "E_SCHEMA",
      hint: `Known are ${settings.join("; ")}.`,
    });
  }
}

const INTEGER: LogicalType = { kind: "integer", bits: 32 };
const SMALLINT: LogicalType = { kind: "integer", bits: 16 };
const DOUBLE: LogicalType = { kind: "double" };
const REAL: LogicalType = { kind: "real" };
const DATE: LogicalType = { kind: "date" };
const BOOLEAN: LogicalType = { kind: "boolean" };
const TEXT: LogicalType = { kind: "text", length: undefined };
const UUID: LogicalType = { kind: "uuid" };
const JSON_TYPE: LogicalType = { kind: "json" };
const BIGINT: LogicalType = { kind: "bigint", mode: "bigint" };
const BIGINT_AS_NUMBER: LogicalType = { kind: "bigint", mode: "number" };

export interface IntegerOptions {
  /** MySQL and MariaDB: the type of a table that is there already. */
  readonly storage?: StorageSettings & {
    readonly mysql?: "mediumint" | "mediumint unsigned" | "smallint unsigned";
  };
}

/** A whole number of 32 bits. */
export function integer(name?: string, options?: IntegerOptions): ColumnBuilder<number | null>;
export function integer(options: IntegerOptions): ColumnBuilder<number | null>;
export function integer(
  name?: string | IntegerOptions,
  options?: IntegerOptions,
): ColumnBuilder<number | null> {
  const [givenName, { storage }] = parse(name, options);
  if (storage === undefined) return declare(givenName, INTEGER);
  requireStorage("integer", storage, {
    mysql: ["mediumint", "mediumint unsigned", "smallint unsigned"],
  });
  return declare(givenName, { kind: "integer", bits: 32, storage });
}

export interface SmallintOptions {
  /** MySQL and MariaDB: the type of a table that is there already. */
  readonly storage?: StorageSettings & { readonly mysql?: "tinyint" | "tinyint unsigned" };
}

/** A whole number of 16 bits. */
export function smallint(name?: string, options?: SmallintOptions): ColumnBuilder<number | null>;
export function smallint(options: SmallintOptions): ColumnBuilder<number | null>;
export function smallint(
  name?: string | SmallintOptions,
  options?: SmallintOptions,
): ColumnBuilder<number | null> {
  const [givenName, { storage }] = parse(name, options);
  if (storage === undefined) return declare(givenName, SMALLINT);
  requireStorage("smallint", storage, { mysql: ["tinyint", "tinyint unsigned"] });
  return declare(givenName, { kind: "integer", bits: 16, storage });
}

export interface BigintOptions<Mode extends "bigint" | "number" = "bigint" | "number"> {
  /** `"number"` refuses beyond ±(2^53 − 1). Default `"bigint"`. */
  readonly mode?: Mode;
  /** MySQL and MariaDB: the type of a table that is there already. */
  readonly storage?: StorageSettings & { readonly mysql?: "bigint unsigned" | "int unsigned" };
}

/** A whole number of 64 bits, as a `bigint`, or with `{ mode: "number" }` as a number that refuses beyond ±(2^53 − 1). */
export function bigint(
  name?: string,
  options?: BigintOptions<"bigint">,
): ColumnBuilder<bigint | null>;
export function bigint(options: BigintOptions<"bigint">): ColumnBuilder<bigint | null>;
export function bigint(
  name: string,
  options: BigintOptions & { readonly mode: "number" },
): ColumnBuilder<number | null>;
export function bigint(
  options: BigintOptions & { readonly mode: "number" },
): ColumnBuilder<number | null>;
export function bigint(
  name?: string | BigintOptions,
  options?: BigintOptions,
): ColumnBuilder<bigint | null> | ColumnBuilder<number | null> {
  const [givenName, { mode = "bigint", storage }] = parse(name, options);
  if (storage !== undefined) {
    requireStorage("bigint", storage, { mysql: ["bigint unsigned", "int unsigned"] });
    const type: LogicalType = { kind: "bigint", mode, storage };
    return mode === "number" ? declare<number>(givenName, type) : declare<bigint>(givenName, type);
  }
  return mode === "number"
    ? declare<number>(givenName, BIGINT_AS_NUMBER)
    : declare<bigint>(givenName, BIGINT);
}

/** A floating-point number of 64 bits; NaN and the infinities are refused. */
export function double(name?: string): ColumnBuilder<number | null> {
  return declare(name, DOUBLE);
}

/** A floating-point number of 32 bits: a number is rounded to the nearest when it is written, and read so. */
export function real(name?: string): ColumnBuilder<number | null> {
  return declare(name, REAL);
}

export interface DecimalOptions {
  /** Digits in all, 1 to 65. */
  readonly precision: number;
  /** Digits after the point, 0 to `precision` and at most 30. Default 0. */
  readonly scale?: number;
  /** SQLite: `"real"` for a database that keeps them as floating-point numbers. */
  readonly storage?: StorageSettings & { readonly sqlite?: "real" };
}

/** An exact decimal number, as a string such as `"9.90"`, with `scale` digits after the point. */
export function decimal(options: DecimalOptions): ColumnBuilder<string | null>;
export function decimal(name: string, options: DecimalOptions): ColumnBuilder<string | null>;
export function decimal(
  name: string | DecimalOptions,
  options?: DecimalOptions,
): ColumnBuilder<string | null> {
  const [givenName, { precision = 0, scale = 0, storage }] = parse(name, options);
  requireWhole("The precision of a decimal", precision, 1, 65);
  requireWhole("The scale of a decimal", scale, 0, Math.min(precision, 30));
  return declare(givenName, { kind: "decimal", precision, scale, storage });
}

export function boolean(name?: string): ColumnBuilder<boolean | null> {
  return declare(name, BOOLEAN);
}

export interface TextOptions {
  /** The type of a table that is there already: `varchar` instead of PostgreSQL's `text`, or what stands for MySQL's `longtext`. */
  readonly storage?: StorageSettings & {
    readonly mysql?: "mediumtext" | "text" | "tinytext";
    readonly postgres?: "varchar";
  };
}

/** Text of any length. For a key that MySQL can hold, use `varchar`. */
export function text(name?: string, options?: TextOptions): ColumnBuilder<string | null>;
export function text(options: TextOptions): ColumnBuilder<string | null>;
export function text(
  name?: string | TextOptions,
  options?: TextOptions,
): ColumnBuilder<string | null> {
  const [givenName, { storage }] = parse(name, options);
  if (storage === undefined) return declare(givenName, TEXT);
  requireStorage("text", storage, {
    mysql: ["mediumtext", "text", "tinytext"],
    postgres: ["varchar"],
  });
  return declare(givenName, { kind: "text", length: undefined, storage });
}

export interface VarcharOptions {
  /** The longest text, in code points, 1 to 16,383. */
  readonly length: number;
}

/** Text of a bounded length, which is checked on every database. */
export function varchar(options: VarcharOptions): ColumnBuilder<string | null>;
export function varchar(name: string, options: VarcharOptions): ColumnBuilder<string | null>;
export function varchar(
  name: string | VarcharOptions,
  options?: VarcharOptions,
): ColumnBuilder<string | null> {
  const [givenName, { length = 0 }] = parse(name, options);
  // MySQL's row holds 65,535 bytes, and utf8mb4 takes up to four for a code point.
  requireWhole("The length of a varchar", length, 1, 16_383);
  return declare(givenName, { kind: "text", length });
}

export interface UuidOptions {
  /** For a database that keeps them otherwise: SQLite in 16 bytes, PostgreSQL as text, MySQL and MariaDB as either. */
  readonly storage?: StorageSettings & {
    readonly sqlite?: "blob";
    readonly postgres?: "text";
    readonly mysql?: "binary" | "text";
  };
}

/** A UUID, as a lowercase string with hyphens. */
export function uuid(name?: string, options?: UuidOptions): ColumnBuilder<string | null>;
export function uuid(options: UuidOptions): ColumnBuilder<string | null>;
export function uuid(
  name?: string | UuidOptions,
  options?: UuidOptions,
): ColumnBuilder<string | null> {
  const [givenName, { storage }] = parse(name, options);
  if (storage === undefined) return declare(givenName, UUID);
  requireStorage("uuid", storage, {
    sqlite: ["blob"],
    postgres: ["text"],
    mysql: ["binary", "text"],
  });
  return declare(givenName, { kind: "uuid", storage });
}

type TimestampMode = "date" | "string" | "temporal";

/** `Temporal.Instant`, as far as the compiler's library has it. */
export type Instant = typeof globalThis extends {
  Temporal: { Instant: { prototype: infer Known } };
}
  ? Known
  : TemporalInstant;

export interface TimestampOptions<Mode extends TimestampMode = TimestampMode> {
  /** Digits of the second's fraction, 0 to 6. Default 3, milliseconds; 6 for the other modes. */
  readonly precision?: number;
  /**
   * `"date"`, the default, is a `Date`; `"string"` is ISO 8601 in UTC, which can hold microseconds; `"temporal"` is a
   * `Temporal.Instant`, whose nanoseconds are cut, where the runtime has that.
   */
  readonly mode?: Mode;
  /**
   * Where a database has that: whole seconds or milliseconds since 1970; on SQLite also `"iso"` text, or `"sql"` text
   * (`YYYY-MM-DD HH:MM:SS`); on PostgreSQL `"timestamp"` without a time zone, which is taken for UTC; on MySQL and MariaDB
   * `"timestamp"`, which ends with the year 2038.
   */
  readonly storage?: StorageSettings & {
    readonly sqlite?: "iso" | "milliseconds" | "seconds" | "sql";
    readonly postgres?: "milliseconds" | "seconds" | "timestamp";
    readonly mysql?: "milliseconds" | "seconds" | "timestamp";
  };
}

/** An instant. Kept in UTC; the time zones of server and program don't matter. */
export function timestamp(
  name?: string,
  options?: TimestampOptions<"date">,
): ColumnBuilder<Date | null>;
export function timestamp(options: TimestampOptions<"date">): ColumnBuilder<Date | null>;
export function timestamp(
  name: string,
  options: TimestampOptions & { readonly mode: "string" },
): ColumnBuilder<string | null>;
export function timestamp(
  options: TimestampOptions & { readonly mode: "string" },
): ColumnBuilder<string | null>;
export function timestamp(
  name: string,
  options: TimestampOptions & { readonly mode: "temporal" },
): ColumnBuilder<Instant | null>;
export function timestamp(
  options: TimestampOptions & { readonly mode: "temporal" },
): ColumnBuilder<Instant | null>;
export function timestamp(
  name?: string | TimestampOptions,
  options?: TimestampOptions,
): ColumnBuilder<Date | null> | ColumnBuilder<string | null> | ColumnBuilder<Instant | null> {
  const [givenName, { mode = "date", precision = mode === "date" ? 3 : 6, storage }] = parse(
    name,
    options,
  );
  requireWhole("The precision of a timestamp", precision, 0, 6);
  requireStorage("timestamp", storage, {
    sqlite: ["iso", "milliseconds", "seconds", "sql"],
    postgres: ["milliseconds", "seconds", "timestamp"],
    mysql: ["milliseconds", "seconds", "timestamp"],
  });
  const type: LogicalType = { kind: "timestamp", mode, precision, storage };
  if (mode === "temporal") {
    requireTemporal();
    return declare<Instant>(givenName, type);
  }
  return mode === "date" ? declare<Date>(givenName, type) : declare<string>(givenName, type);
}

function requireTemporal(): void {
  if (hasTemporal()) return;
  throw new ConfigError("This runtime has no Temporal.", {
    code: "E_SCHEMA",
    hint: 'Run Node with --harmony-temporal, or take { mode: "string" }, which holds microseconds too.',
  });
}

/** A day of the calendar, as `"2026-01-31"`, in the years 1 to 9999. It has no time zone. */
export function date(name?: string): ColumnBuilder<string | null> {
  return declare(name, DATE);
}

export interface TimeOptions {
  /** Digits of the second's fraction, 0 to 6. Default 0. */
  readonly precision?: number;
}

/** A time of day, as `"12:00:00"`, or `"12:00:00.500"` with a precision of 3. It has no time zone. */
export function time(name?: string, options?: TimeOptions): ColumnBuilder<string | null>;
export function time(options: TimeOptions): ColumnBuilder<string | null>;
export function time(
  name?: string | TimeOptions,
  options?: TimeOptions,
): ColumnBuilder<string | null> {
  const [givenName, { precision = 0 }] = parse(name, options);
  requireWhole("The precision of a time", precision, 0, 6);
  return declare(givenName, { kind: "time", precision });
}

export interface BytesOptions {
  /** The most bytes, 1 to 65,000. Default: no bound. */
  readonly length?: number;
}

/** Bytes, as a `Uint8Array`. For a key that MySQL can hold, give a length. */
export function bytes(name?: string, options?: BytesOptions): ColumnBuilder<Uint8Array | null>;
export function bytes(options: BytesOptions): ColumnBuilder<Uint8Array | null>;
export function bytes(
  name?: string | BytesOptions,
  options?: BytesOptions,
): ColumnBuilder<Uint8Array | null> {
  const [givenName, { length }] = parse(name, options);
  // MySQL's row holds 65,535 bytes in all.
  if (length !== undefined) requireWhole("The length of bytes", length, 1, 65_000);
  return declare(givenName, { kind: "bytes", length });
}

/** JSON. `undefined` members are dropped and the order of keys is not kept; SQL's NULL is `null`. */
export function json<Value = unknown>(name?: string): ColumnBuilder<Value | null> {
  return declare(name, JSON_TYPE);
}

export interface EnumOptions {
  /** PostgreSQL: `"text"` with a check instead of a type of its own. */
  readonly storage?: StorageSettings & { readonly postgres?: "text" };
}

/** Makes columns of an enum, and tells its values. */
export interface EnumDeclaration<Value extends string> {
  (name?: string): ColumnBuilder<Value | null>;
  readonly values: readonly Value[];
}

/** PostgreSQL holds no longer label or name of a type, in bytes. */
const MAX_ENUM_BYTES = 63;

function checkEnum(name: string, values: readonly string[]): void {
  const refuse = (what: string): never => {
    throw new ConfigError(`Enum ${JSON.stringify(name)} ${what}.`, { code: "E_SCHEMA" });
  };
  if (name === "") refuse("has an empty name");
  if (values.length === 0) refuse("has no values");
  if (new Set(values).size < values.length) refuse("has a value twice");
  for (const text of [name, ...values]) {
    if (text.includes("\0") || !text.isWellFormed())
      refuse("has a name or value with NUL or half of a surrogate pair");
    if (Buffer.byteLength(text) > MAX_ENUM_BYTES)
      refuse(`has a name or value of more than ${MAX_ENUM_BYTES} bytes`);
  }
  // MySQL cuts the spaces.
  if (values.some((value) => value.endsWith(" "))) refuse("has a value that ends with a space");
}

/**
 * One of several texts. They sort in the order of the declaration.
 *
 * @param name The name of the type, where the database has types of their own.
 * @returns A function that makes a column: `role: userRole().notNull()`.
 */
export function enumType<const Value extends string>(
  name: string,
  values: readonly [Value, ...Value[]],
  options: EnumOptions = {},
): EnumDeclaration<Value> {
  return declareEnum(undefined, name, values, options);
}

/** @param schema The database's schema, where that isn't the connection's own. */
export function declareEnum<Value extends string>(
  schema: string | undefined,
  name: string,
  values: readonly Value[],
  { storage }: EnumOptions,
): EnumDeclaration<Value> {
  checkEnum(name, values);
  const place = schema === undefined ? {} : { schema };
  const type = intern({ kind: "enum", name, ...place, values: [...values], storage });
  const column = (givenName?: string): ColumnBuilder<Value | null> => declare(givenName, type);
  return Object.assign(column, { values: Object.freeze([...values]) });
}
