/** What a declaration says of a table or a column to people who look at the database. */

import { ConfigError } from "../core/error.ts";

export interface CommentSpec {
  readonly kind: "comment";
  readonly text: string;
}

/** @throws {ConfigError} `E_SCHEMA` for a text that no database holds, or none at all. */
export function requireComment(text: string): string {
  const isText = typeof text === "string" && text !== "";
  if (isText && !text.includes("\0") && text.isWellFormed()) return text;
  throw new ConfigError(
    "A comment is a text that isn't empty, without NUL and halves of surrogate pairs.",
    { code: "E_SCHEMA" },
  );
}

/** A comment on the table, for people who look at the database. SQLite has none, and leaves it out. */
export function comment(text: string): CommentSpec {
  return { kind: "comment", text: requireComment(text) };
}
