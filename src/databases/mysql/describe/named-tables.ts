/** Names of tables in a statement, by where they stand. */

import { closingOf, isSign, isWord, type SqlToken } from "../../../dialect/text/sql-tokens.ts";
import { isName, MODIFIERS, wordOf } from "./blocks.ts";

type Tokens = readonly SqlToken[];

const BEGIN_NAMES = new Set(["from", "into", "join", "straight_join"]);
const BEGIN_OTHERS = new Set(
  "group having limit on order select set values value where".split(" "),
);
/** Functions with a FROM of their own. */
const FROM_INSIDE = new Set(["extract", "position", "substr", "substring", "trim"]);

/** `using (id)` names columns, and `key update` what an insert does. */
function beginsNames(tokens: Tokens, at: number): boolean {
  const word = wordOf(tokens[at]);
  if (word === "using") return !isSign(tokens[at + 1], "(");
  if (word === "update") return !/^(?:for|key)$/.test(wordOf(tokens[at - 1]));
  return BEGIN_NAMES.has(word);
}

/** What stands where a table is named, each with what stands before its point. */
export function namedTables(
  tokens: Tokens,
): { readonly schema: string | undefined; readonly name: string }[] {
  const found: { schema: string | undefined; name: string }[] = [];
  /** Of each parenthesis that is open: whether names of tables stand there, and whether a comma brings one. */
  const stack = [{ isNames: false, isList: false }];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]!;
    const top = stack.at(-1)!;
    const word = wordOf(token);
    if (isSign(token, "(")) {
      const isFunction = FROM_INSIDE.has(wordOf(tokens[at - 1]));
      if (isFunction) at = closingOf(tokens, at);
      else stack.push({ isNames: top.isNames, isList: top.isNames });
      top.isNames = false;
    } else if (isSign(token, ")")) {
      if (stack.length > 1) stack.pop();
    } else if (isSign(token, ",")) top.isNames = top.isList;
    else if (beginsNames(tokens, at)) {
      top.isNames = true;
      top.isList = true;
    } else if (BEGIN_OTHERS.has(word)) {
      top.isNames = false;
      // `from a join b on …, c`
      if (word !== "on") top.isList = false;
    } else if (top.isNames && isName(token) && !MODIFIERS.has(word) && !isWord(token, "lateral")) {
      const hasSchema = isSign(tokens[at + 1], ".") && isName(tokens[at + 2]);
      const name = hasSchema ? tokens[at + 2]! : token;
      found.push({ schema: hasSchema ? token.value : undefined, name: name.value });
      if (hasSchema) at += 2;
      top.isNames = false;
    }
  }
  return found;
}
