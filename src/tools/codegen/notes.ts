/** What a database has and Plinth leaves alone, in comments. */

import { commentLine } from "../quote.ts";

export const NOTES_HEAD = "// In the database, and left alone by Plinth:";

export function noteLines(notes: readonly string[]): string[] {
  return notes.length === 0 ? [] : [NOTES_HEAD, ...notes.map((note) => commentLine(`- ${note}`))];
}
