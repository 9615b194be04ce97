/** The words of a text in SQL, as far as it takes to find names and literals in what a catalogue tells. */

import type { SqlModel, SqlPartModel } from "../../schema/sql-model.ts";
import type { Lexis } from "./split-script.ts";

/** What the text is made of; what isn't said is not so. */
export type TokenStyle = Partial<Lexis>;

export interface SqlToken {
  readonly kind: "bytes" | "comment" | "name" | "number" | "sign" | "text" | "word";
  /** As it stands. */
  readonly text: string;
  /** What it says, without its quotes. */
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

const FORMS = [
  String.raw`(\s+)`,
  String.raw`(--[^\n]*|\/\*[^]*?\*\/)`,
  String.raw`([xX]'[\da-fA-F]*')`,
  String.raw`([eE]'(?:[^'\\]|''|\\[^])*')`,
  '"((?:[^"]|"")*)"',
  "`((?:[^`]|``)*)`",
  String.raw`([\p{L}_][\p{L}\p{N}\p{M}_$]*)`,
  String.raw`((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)`,
];
// No literal, which costs every start a millisecond: its classes are of all scripts, and few programs read SQL.
let forms: RegExp | undefined;
function tokenPattern(): RegExp {
  forms ??= new RegExp(FORMS.join("|"), "uy");
  return forms;
}
const TEXT = /'((?:[^']|'')*)'/y;
const TEXT_WITH_BACKSLASHES = /'((?:[^'\\]|''|\\[^])*)'/y;
const HASH_COMMENT = /#([^\n]*)/y;
const DOLLAR_TEXT = /(\$\w*\$)([^]*?)\1/y;
const BRACKETS = /\[([^\]]*)\]/y;

const ESCAPES: Readonly<Record<string, string>> = {
  0: "\0",
  b: "\b",
  n: "\n",
  r: "\r",
  t: "\t",
  Z: "\x1A",
};

function unescape(text: string): string {
  return text.replaceAll(/\\([^])/g, (_, char: string) => ESCAPES[char] ?? char);
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** Where the comment ends that begins here, where comments stand in comments. */
function nestedEnd(text: string, at: number): number {
  const marks = /\/\*|\*\//g;
  marks.lastIndex = at;
  let depth = 0;
  for (let mark = marks.exec(text); mark !== null; mark = marks.exec(text)) {
    depth += mark[0] === "/*" ? 1 : -1;
    if (depth === 0) return marks.lastIndex;
  }
  return text.length;
}

function tokenAt(text: string, at: number, style: TokenStyle): SqlToken | number {
  const token = (kind: SqlToken["kind"], whole: string, value: string): SqlToken => ({
    kind,
    text: whole,
    value,
    start: at,
    end: at + whole.length,
  });
  const match = matchAt(tokenPattern(), text, at);
  if (match !== null) {
    const [whole, space, comment, bytes, escaped, name, tick, word, number] = match;
    if (space !== undefined) return at + whole.length;
    if (comment !== undefined) {
      const isLine = whole.startsWith("--");
      if (isLine && style.needsSpaceInComments === true && !/^--(?:\s|$)/.test(whole))
        return token("sign", "-", "-");
      const isNesting = !isLine && style.hasNestedComments === true;
      const own = isNesting ? text.slice(at, nestedEnd(text, at)) : whole;
      return token("comment", own, isLine ? own.slice(2).trim() : own.slice(2, -2).trim());
    }
    if (bytes !== undefined) return token("bytes", whole, whole.slice(2, -1));
    if (escaped !== undefined)
      return token("text", whole, unescape(whole.slice(2, -1).replaceAll("''", "'")));
    if (name !== undefined) return token("name", whole, name.replaceAll('""', '"'));
    if (tick !== undefined) return token("name", whole, tick.replaceAll("``", "`"));
    return word === undefined ? token("number", whole, number!) : token("word", whole, word);
  }
  const quoted = matchAt(
    style.hasBackslashEscapes === true ? TEXT_WITH_BACKSLASHES : TEXT,
    text,
    at,
  );
  if (quoted !== null) {
    const plain = quoted[1]!.replaceAll("''", "'");
    return token("text", quoted[0], style.hasBackslashEscapes === true ? unescape(plain) : plain);
  }
  const hash = style.hasHashComments === true ? matchAt(HASH_COMMENT, text, at) : null;
  if (hash !== null) return token("comment", hash[0], hash[1]!.trim());
  const dollar = style.hasDollarQuotes === true ? matchAt(DOLLAR_TEXT, text, at) : null;
  if (dollar !== null) return token("text", dollar[0], dollar[2]!);
  const bracket = style.hasBrackets === true ? matchAt(BRACKETS, text, at) : null;
  if (bracket !== null) return token("name", bracket[0], bracket[1]!);
  return token("sign", text[at]!, text[at]!);
}

export function tokensOf(text: string, style: TokenStyle = {}): SqlToken[] {
  const tokens: SqlToken[] = [];
  let at = 0;
  while (at < text.length) {
    const found = tokenAt(text, at, style);
    if (typeof found === "number") at = found;
    else {
      tokens.push(found);
      at = found.end;
    }
  }
  return tokens;
}

export function isSign(token: SqlToken | undefined, text: string): boolean {
  return token?.kind === "sign" && token.text === text;
}

/** @param word In small letters. */
export function isWord(token: SqlToken | undefined, word: string): boolean {
  return token?.kind === "word" && token.text.toLowerCase() === word;
}

/** The place of the parenthesis that closes the one at `open`; that of the last token where there is none. */
export function closingOf(tokens: readonly SqlToken[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at++) {
    if (isSign(tokens[at], "(")) depth++;
    else if (isSign(tokens[at], ")") && --depth === 0) return at;
  }
  return tokens.length - 1;
}

/** Without parentheses around the whole of it. */
export function withoutParentheses(text: string, style: TokenStyle = {}): string {
  const tokens = tokensOf(text, style);
  if (tokens.length < 2 || !isSign(tokens[0], "(")) return text.trim();
  if (closingOf(tokens, 0) !== tokens.length - 1) return text.trim();
  return withoutParentheses(text.slice(tokens[0]!.end, tokens.at(-1)!.start), style);
}

export interface ColumnsInSql extends TokenStyle {
  /** The column that is meant; undefined for what is none. */
  nameOf(token: SqlToken): string | undefined;
}

/** A text of the catalogue as parts, so that columns in it are known as such. */
export function sqlModelOf(text: string, style: ColumnsInSql): SqlModel {
  const tokens = tokensOf(text, style);
  const parts: SqlPartModel[] = [];
  let from = 0;
  tokens.forEach((token, at) => {
    if (token.kind !== "word" && token.kind !== "name") return;
    const before = tokens[at - 1];
    const after = tokens[at + 1];
    // `schema.name`, `name(…)` and `::type` are no columns.
    if (isSign(before, ".") || isSign(before, ":") || isSign(after, ".") || isSign(after, "("))
      return;
    const column = style.nameOf(token);
    if (column === undefined) return;
    if (token.start > from) parts.push(text.slice(from, token.start));
    parts.push({ column });
    from = token.end;
  });
  if (from < text.length) parts.push(text.slice(from));
  return parts;
}
