import type { Lexis } from "../../dialect/text/split-script.ts";

export const MYSQL_LEXIS: Lexis = {
  hasBackslashEscapes: true,
  hasHashComments: true,
  hasDollarQuotes: false,
  hasBrackets: false,
  hasNestedComments: false,
  needsSpaceInComments: true,
};
