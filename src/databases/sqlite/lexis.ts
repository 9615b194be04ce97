import type { Lexis } from "../../dialect/text/split-script.ts";

export const SQLITE_LEXIS: Lexis = {
  hasBackslashEscapes: false,
  hasHashComments: false,
  hasDollarQuotes: false,
  hasBrackets: true,
  hasNestedComments: false,
  needsSpaceInComments: false,
};
