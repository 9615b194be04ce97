import { isWord, tokensOf } from "../../dialect/text/sql-tokens.ts";
import { POSTGRES_LEXIS } from "./lexis.ts";

/** What an extension creates beside itself. Source: `requires` in PostgreSQL's contrib/*.control. */
const REQUIRED: Readonly<Record<string, string>> = { earthdistance: "cube" };

/** The extensions that SQL creates, by name. */
export function extensionsOf(texts: readonly string[]): string[] {
  const found = new Set<string>();
  for (const text of texts) {
    const tokens = tokensOf(text, POSTGRES_LEXIS).filter(({ kind }) => kind !== "comment");
    tokens.forEach((token, at) => {
      if (!isWord(token, "create") || !isWord(tokens[at + 1], "extension")) return;
      const name = tokens[at + (isWord(tokens[at + 2], "if") ? 5 : 2)];
      if (name?.kind === "name") found.add(name.value);
      else if (name?.kind === "word") found.add(name.value.toLowerCase());
    });
  }
  // Every database has this one.
  found.delete("plpgsql");
  return [...found].flatMap((name) => [REQUIRED[name] ?? [], name].flat());
}
