/** The columns of a table of sessions, by what they are for. */

import type { LogicalType } from "../../ast/logical-type.ts";
import { ConfigError } from "../../core/error.ts";
import type { ColumnBuilder } from "../../schema/column.ts";
import { infoOf, type AnyTable, type AnyTableColumn } from "../../schema/table.ts";
import { text, timestamp, varchar } from "../../schema/types.ts";

export type SessionColumns = {
  readonly id: ColumnBuilder<string, "key">;
  /** The SHA-256 of the token's secret, in 43 characters. */
  readonly tokenHash: ColumnBuilder<string>;
  /** Of the secrets before, the last first. */
  readonly formerHashes: ColumnBuilder<string>;
  /** What the program keeps with the session, as its codec writes it. */
  readonly data: ColumnBuilder<string>;
  readonly createdAt: ColumnBuilder<Date>;
  readonly usedAt: ColumnBuilder<Date>;
  readonly rotatedAt: ColumnBuilder<Date>;
  readonly expiresAt: ColumnBuilder<Date>;
};

/**
 * All that sessions need of a table, but for `userId`, which is yours: of the type of the users' key.
 *
 * @example
 * export const sessions = table(
 *   "sessions",
 *   { ...sessionColumns(), userId: uuid().notNull().references(() => users.id, { onDelete: "cascade" }) },
 *   (t) => [index().on(t.userId), index().on(t.expiresAt)],
 * );
 */
export function sessionColumns(): SessionColumns {
  return {
    id: varchar({ length: 16 }).primaryKey(),
    tokenHash: varchar({ length: 43 }).notNull(),
    formerHashes: text().notNull(),
    data: text().notNull(),
    createdAt: timestamp().notNull(),
    usedAt: timestamp().notNull(),
    rotatedAt: timestamp().notNull(),
    expiresAt: timestamp().notNull(),
  };
}

const NEEDED = ["id", "userId", "tokenHash", "expiresAt"] as const;
const USEFUL = ["createdAt", "usedAt", "rotatedAt", "formerHashes", "data"] as const;

export type NeededField = (typeof NEEDED)[number];
export type UsefulField = (typeof USEFUL)[number];
type Field = NeededField | UsefulField;

/** Columns of the table under other keys; null for one that has the key, and is for something else. */
export type SessionColumnMap = {
  readonly [Name in NeededField]?: AnyTableColumn;
} & {
  readonly [Name in UsefulField]?: AnyTableColumn | null;
};

/** Which column is for what. */
export type SessionFields = {
  readonly [Name in NeededField]: AnyTableColumn;
} & {
  readonly [Name in UsefulField]: AnyTableColumn | undefined;
};

export function schemaError(message: string, hint: string): ConfigError {
  return new ConfigError(message, { code: "E_SCHEMA", hint });
}

/** How the columns that are missing are written. */
export const DECLARATIONS: Readonly<Record<Field, string>> = {
  id: "id: varchar({ length: 16 }).primaryKey()",
  userId: "userId, of the type of the users' key",
  tokenHash: "tokenHash: varchar({ length: 43 }).notNull()",
  expiresAt: "expiresAt: timestamp().notNull()",
  createdAt: "createdAt: timestamp().notNull()",
  usedAt: "usedAt: timestamp().notNull()",
  rotatedAt: "rotatedAt: timestamp().notNull()",
  formerHashes: "formerHashes: text().notNull()",
  data: "data: text().notNull()",
};

const HASH_LENGTH = 43;
const ID_LENGTH = 16;
/** Fifty of 22 characters, with what stands between them. */
const FORMER_LENGTH = 50 * 23 - 1;

function isText(type: LogicalType, leastLength: number): boolean {
  return type.kind === "text" && (type.length ?? Infinity) >= leastLength;
}

function isInstant(type: LogicalType): boolean {
  return type.kind === "timestamp" && type.mode === "date";
}

const FITS: Readonly<Record<Field, (type: LogicalType) => boolean>> = {
  id: (type) => type.kind === "uuid" || isText(type, ID_LENGTH),
  userId: (type) => ["bigint", "integer", "text", "uuid"].includes(type.kind),
  tokenHash: (type) => isText(type, HASH_LENGTH),
  expiresAt: isInstant,
  createdAt: isInstant,
  usedAt: isInstant,
  rotatedAt: isInstant,
  formerHashes: (type) => isText(type, FORMER_LENGTH),
  data: (type) => isText(type, 1),
};

const WANTED: Readonly<Record<Field, string>> = {
  id: `uuid() or a text of ${ID_LENGTH} characters`,
  userId: "a text, uuid() or a whole number",
  tokenHash: `a text of ${HASH_LENGTH} characters`,
  expiresAt: "timestamp()",
  createdAt: "timestamp()",
  usedAt: "timestamp()",
  rotatedAt: "timestamp()",
  formerHashes: "text()",
  data: "text()",
};

function fieldOf(
  table: AnyTable,
  name: Field,
  given: AnyTableColumn | null | undefined,
): AnyTableColumn | undefined {
  const info = infoOf(table);
  const column = given === undefined ? info.column(name) : (given ?? undefined);
  if (column === undefined) return undefined;
  if (!info.columns.includes(column)) {
    throw schemaError(
      `The column for ${name} is none of "${info.table}".`,
      "Pass columns of the table itself: { columns: { tokenHash: sessions.hash } }.",
    );
  }
  if (FITS[name](column.type)) return column;
  throw schemaError(
    `"${info.table}.${column.key}" can't hold what sessions keep as ${name}: it wants ${WANTED[name]}.`,
    `Declare it so, name another column by { columns: { ${name}: … } }, or leave it out by null.`,
  );
}

/** @throws {ConfigError} `E_SCHEMA` where one is missing, or can't hold it. */
export function sessionFields(table: AnyTable, columns: SessionColumnMap = {}): SessionFields {
  const { primaryKey, table: name } = infoOf(table);
  const fields: Partial<Record<Field, AnyTableColumn | undefined>> = {};
  for (const field of [...NEEDED, ...USEFUL]) fields[field] = fieldOf(table, field, columns[field]);
  const missing = NEEDED.find((field) => fields[field] === undefined);
  if (missing !== undefined) {
    throw schemaError(
      `The table "${name}" has no column for the ${missing} of a session.`,
      `Add ${DECLARATIONS[missing]}, or name its column by { columns: { ${missing}: … } }.`,
    );
  }
  if (primaryKey.length !== 1 || primaryKey[0] !== fields.id) {
    throw schemaError(
      `The primary key of "${name}" isn't the id of a session.`,
      "Make one column the primary key, and the id.",
    );
  }
  return fields as SessionFields;
}
