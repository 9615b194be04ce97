/** Logical types: what a value means. Each database's type map says how it is stored. */

/** How one family of databases stores a type where it isn't the usual way, for databases that exist already. */
export interface StorageSettings {
  readonly sqlite?: string;
  readonly postgres?: string;
  readonly mysql?: string;
}

interface Stored {
  readonly storage?: StorageSettings | undefined;
}

export interface IntegerType extends Stored {
  readonly kind: "integer";
  readonly bits: 16 | 32;
}

export interface BigintType extends Stored {
  readonly kind: "bigint";
  readonly mode: "bigint" | "number";
  /** Names of its bits, 0 to 62, by their places, where it is a field of bits. */
  readonly flags?: Readonly<Record<string, number>>;
}

export interface DoubleType extends Stored {
  readonly kind: "double";
}

/** A floating-point number of 32 bits. */
export interface RealType extends Stored {
  readonly kind: "real";
}

export interface DecimalType extends Stored {
  readonly kind: "decimal";
  readonly precision: number;
  readonly scale: number;
}

export interface BooleanType extends Stored {
  readonly kind: "boolean";
}

export interface TextType extends Stored {
  readonly kind: "text";
  /** In code points; undefined has no bound. */
  readonly length: number | undefined;
  /** Absent: compared by code point. */
  readonly isCaseInsensitive?: true;
  /** The form in which texts without regard to case are compared: ASCII's capital letters made small. */
  readonly isFolded?: true;
  /** A collation of the database's own. */
  readonly collation?: StorageSettings;
}

export interface UuidType extends Stored {
  readonly kind: "uuid";
}

export interface TimestampType extends Stored {
  readonly kind: "timestamp";
  readonly mode: "date" | "string" | "temporal";
  /** Digits of the second's fraction, 0 to 6. */
  readonly precision: number;
}

export interface DateType extends Stored {
  readonly kind: "date";
}

export interface TimeType extends Stored {
  readonly kind: "time";
  /** Digits of the second's fraction, 0 to 6. */
  readonly precision: number;
}

export interface BytesType extends Stored {
  readonly kind: "bytes";
  /** Undefined has no bound. */
  readonly length: number | undefined;
  /** Absent: not encrypted. */
  readonly sealed?: Sealing;
}

/** How a column is encrypted whose bytes the database keeps. */
export interface Sealing {
  /** What its values are to programs. */
  readonly of: LogicalType;
  /** Equal values are equal bytes, so that they can be looked for. */
  readonly isDeterministic: boolean;
  /** What its values are bound to: nothing that was encrypted for another column is taken. */
  readonly context: string;
  /** By which of the keys, counted from the one that is written by; absent: that one. */
  readonly key?: number;
}

export interface EnumType extends Stored {
  readonly kind: "enum";
  readonly name: string;
  /** The database's schema, where that isn't the connection's own. */
  readonly schema?: string;
  /** In the order in which they sort. */
  readonly values: readonly string[];
}

export interface JsonType extends Stored {
  readonly kind: "json";
}

export interface ArrayType extends Stored {
  readonly kind: "array";
  /** No array and no JSON. */
  readonly element: LogicalType;
  /** Absent: no element is NULL. */
  readonly hasNulls?: true;
}

/** How one family of databases keeps a custom type. */
export interface CustomStorage {
  /** The type's name in DDL. */
  readonly type: string;
  /** SQL around a bound value, which stands at `$value`; absent: the value alone. */
  readonly write?: string;
  /** SQL around what is read. */
  readonly read?: string;
}

/** A type of a database's own, whose values a program's codec makes. Each declaration is a type of its own. */
export interface CustomType extends Stored {
  readonly kind: "custom";
  readonly name: string;
  readonly databases: {
    readonly sqlite?: CustomStorage;
    readonly postgres?: CustomStorage;
    readonly mysql?: CustomStorage;
  };
}

export type LogicalType =
  | ArrayType
  | CustomType
  | IntegerType
  | BigintType
  | DoubleType
  | RealType
  | DecimalType
  | BooleanType
  | TextType
  | UuidType
  | TimestampType
  | DateType
  | TimeType
  | BytesType
  | EnumType
  | JsonType;

const known = new Map<string, LogicalType>();

/**
 * Equal types as one object. A type stands for itself in a query's shape, so one that is made anew with every query would
 * make a plan with every query. Types come from declarations, so there are few.
 */
export function intern(type: LogicalType): LogicalType {
  // Two that are spelt alike may have different codecs.
  if (type.kind === "custom") return type;
  const entries = Object.entries(type).toSorted(([one], [other]) => (one < other ? -1 : 1));
  const key = JSON.stringify(entries);
  const found = known.get(key);
  if (found !== undefined) return found;
  known.set(key, type);
  return type;
}
