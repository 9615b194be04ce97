import type { Lexis } from "../../dialect/text/split-script.ts";

export const POSTGRES_LEXIS: Lexis = {
  hasBackslashEscapes: false,
  hasHashComments: false,
  hasDollarQuotes: true,
  hasBrackets: false,
  hasNestedComments: true,
  needsSpaceInComments: false,
  hasQuestionOperators: true,
};
