/** Literals, for DDL, and names. */

import { quoteName } from "../../dialect/sql/writer.ts";

/** A schema is a database. */
export function schemaPrefix(schema: string): string {
  return `${quoteName(schema, "`")}.`;
}

/**
 * In hexadecimal where there is a backslash, whose meaning in a literal depends on the session that runs the text. Without
 * `_utf8mb4` before it: MariaDB 10.11 loses the backslashes of such a default.
 */
export function textLiteral(text: string): string {
  if (text.includes("\\")) return `x'${Buffer.from(text).toString("hex")}'`;
  return `'${text.replaceAll("'", "''")}'`;
}

export function bytesLiteral(hex: string): string {
  return `x'${hex}'`;
}

/** For comments, where the grammar takes no hexadecimal, and queries, where that is bytes. Sessions of Plinth's leave the backslash what it is by default, an escape. */
export function escapedLiteral(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}
