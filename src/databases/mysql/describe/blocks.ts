/** Where a token of a statement stands: in which of the queries inside of one another, and what each reads from. */

import { closingOf, isSign, isWord, type SqlToken } from "../../../dialect/text/sql-tokens.ts";

/** A query, or a write. */
export interface Block {
  /** What can stand behind `select … from` to name the same columns. */
  readonly from: string;
  /** Whether names there may be of what the query gives, and not of what it reads. */
  readonly isBehindRows: boolean;
}

const FROM_ENDS = new Set(
  "except fetch for group having intersect into limit lock offset order procedure returning set union values value where window".split(
    " ",
  ),
);
const BEHIND_ROWS = new Set(["group", "having", "order", "window"]);
export const MODIFIERS: ReadonlySet<string> = new Set([
  "delayed",
  "high_priority",
  "ignore",
  "low_priority",
  "quick",
]);

export function wordOf(token: SqlToken | undefined): string {
  return token?.kind === "word" ? token.text.toLowerCase() : "";
}

export function isName(token: SqlToken | undefined): boolean {
  return token?.kind === "word" || token?.kind === "name";
}

/** Behind a name and the names behind its points. */
export function endOfName(tokens: readonly SqlToken[], at: number): number {
  let end = at + 1;
  while (isSign(tokens[end], ".") && isName(tokens[end + 1])) end += 2;
  return end;
}

export interface Target {
  /** Its name as it stands. */
  readonly text: string;
  /** The place behind it. */
  readonly end: number;
}

/** The parenthesis that a token is in; -1 where it is in none. */
export function openBefore(tokens: readonly SqlToken[], place: number): number {
  let depth = 0;
  for (let at = place - 1; at >= 0; at--) {
    if (isSign(tokens[at], ")")) depth++;
    else if (isSign(tokens[at], "(") && depth-- === 0) return at;
  }
  return -1;
}

export class Blocks {
  readonly #text: string;
  readonly #tokens: readonly SqlToken[];

  /** @param tokens Of the text, without comments. */
  constructor(text: string, tokens: readonly SqlToken[]) {
    this.#text = text;
    this.#tokens = tokens;
  }

  #slice(from: number, end: number): string {
    const [first, last] = [this.#tokens[from], this.#tokens[end - 1]];
    return first === undefined || last === undefined ? "" : this.#text.slice(first.start, last.end);
  }

  /** `replace(…)` and `insert(…)` are functions, too; `for update` and `key update` begin nothing. */
  #isBegin(at: number): boolean {
    const word = wordOf(this.#tokens[at]);
    if (word === "select" || word === "delete") return true;
    if (word === "insert" || word === "replace") return !isSign(this.#tokens[at + 1], "(");
    return word === "update" && !/^(?:for|key|on)$/.test(wordOf(this.#tokens[at - 1]));
  }

  /** The blocks that a token is in, the innermost first. */
  around(place: number): readonly Block[] {
    const blocks: Block[] = [];
    let depth = 0;
    let isBehindRows = false;
    for (let at = place - 1; at >= 0; at--) {
      const token = this.#tokens[at];
      if (isSign(token, ")")) depth++;
      else if (isSign(token, "(")) depth = Math.max(0, depth - 1);
      else if (depth > 0) continue;
      else if (isWord(token, "duplicate")) return [this.#written()];
      else if (this.#isBegin(at)) {
        blocks.push({ from: this.#fromOf(at), isBehindRows });
        isBehindRows = false;
        at = openBefore(this.#tokens, at);
      } else if (BEHIND_ROWS.has(wordOf(token))) isBehindRows = true;
    }
    return blocks;
  }

  /** What `on duplicate key update` speaks of. */
  #written(): Block {
    return { from: this.target?.text ?? "", isBehindRows: false };
  }

  #fromOf(begin: number): string {
    const word = wordOf(this.#tokens[begin]);
    if (word === "insert" || word === "replace") return this.#targetAt(begin)?.text ?? "";
    if (word === "update") return this.#upTo(this.#behindModifiers(begin + 1));
    const from = this.#find(begin, "from");
    if (from === -1) return "";
    const using = word === "delete" ? this.#find(begin, "using") : -1;
    const hasUsing = using !== -1 && !isSign(this.#tokens[using + 1], "(");
    return this.#upTo((hasUsing ? using : from) + 1);
  }

  /** The table that the statement writes, where it is a write of one. */
  get target(): Target | undefined {
    return this.#isBegin(0) && !isWord(this.#tokens[0], "select") ? this.#targetAt(0) : undefined;
  }

  #targetAt(begin: number): Target | undefined {
    let from = this.#behindModifiers(begin + 1);
    if (/^(?:into|from)$/.test(wordOf(this.#tokens[from]))) from++;
    if (!isName(this.#tokens[from])) return undefined;
    const end = endOfName(this.#tokens, from);
    return { text: this.#slice(from, end), end };
  }

  #behindModifiers(at: number): number {
    return MODIFIERS.has(wordOf(this.#tokens[at])) ? this.#behindModifiers(at + 1) : at;
  }

  /** The place of a word of the block itself; -1 where it has none. */
  #find(begin: number, word: string): number {
    for (let at = begin; at < this.#tokens.length; at++) {
      if (isWord(this.#tokens[at], word)) return at;
      if (isSign(this.#tokens[at], ")")) return -1;
      if (isSign(this.#tokens[at], "(")) at = closingOf(this.#tokens, at);
    }
    return -1;
  }

  #upTo(begin: number): string {
    let at = begin;
    for (; at < this.#tokens.length; at++) {
      const token = this.#tokens[at];
      if (isSign(token, ")") || isSign(token, ";") || FROM_ENDS.has(wordOf(token))) break;
      if (isSign(token, "(")) at = closingOf(this.#tokens, at);
    }
    return this.#slice(begin, Math.min(at, this.#tokens.length));
  }

  /** What names queries before the statement itself: `with …`, or nothing. */
  get named(): string {
    if (!isWord(this.#tokens[0], "with")) return "";
    for (let at = 1; at < this.#tokens.length; at++) {
      if (isSign(this.#tokens[at], "(")) at = closingOf(this.#tokens, at);
      else if (this.#isBegin(at)) return `${this.#slice(0, at)} `;
    }
    return "";
  }
}
