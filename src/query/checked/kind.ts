/** What a statement does, by its words, as far as connections must know. */

import { isSign, isWord, tokensOf } from "../../dialect/text/sql-tokens.ts";
import type { Lexis } from "../../dialect/text/split-script.ts";

/**
 * `"read"` may be answered by any connection, and once more by another one where the first was lost. `"write"` may not. What
 * is neither, such as `call`, gets a connection of its own, of which it may change the settings.
 */
export type StatementKind = "other" | "read" | "write";

const READS = new Set(["select", "table", "values", "with"]);
const WRITES = new Set(["delete", "insert", "merge", "replace", "update"]);
/** Functions of servers that do something. */
const DOING =
  /^(?:dblink\w*|get_lock|is_used_lock|lastval|lo_\w+|nextval|pg_(?:advisory|cancel|logical|notify|reload|rotate|switch|terminate|try)\w*|release_(?:all_)?locks?|set_config|setval|sleep)$/;

export function kindOf(text: string, lexis: Lexis): StatementKind {
  const tokens = tokensOf(text, lexis).filter(({ kind }) => kind !== "comment");
  const first = tokens.find((token) => !isSign(token, "("))?.text.toLowerCase() ?? "";
  if (WRITES.has(first)) return "write";
  if (!READS.has(first)) return "other";
  const isWriting = tokens.some((token, at) => {
    if (token.kind !== "word") return false;
    const word = token.text.toLowerCase();
    const next = tokens[at + 1];
    if (isSign(next, "(")) return DOING.test(word);
    if (word === "for") return isWord(next, "share") || isWord(next, "no") || isWord(next, "key");
    if (word === "lock") return isWord(next, "in");
    return word === "into" || (WRITES.has(word) && word !== "replace");
  });
  return isWriting ? "write" : "read";
}
