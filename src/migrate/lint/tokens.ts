/** The words of a statement, for looking at DDL that people wrote. */

import type { Lexis } from "../../dialect/text/split-script.ts";

export interface Token {
  readonly kind: "name" | "number" | "punctuation" | "text" | "word";
  /** A word in lowercase, a quoted name without its quotes; everything else as it stands. */
  readonly value: string;
}

const TOKEN =
  /(?<comment>--[^\n]*|\/\*[^]*?\*\/)|(?<text>[eE]?'(?:[^'\\]|\\[^]|'')*')|(?<dollar>\$(\w*)\$[^]*?\$\4\$)|"(?<double>(?:[^"]|"")*)"|`(?<tick>(?:[^`]|``)*)`|\[(?<bracket>[^\]\d][^\]]*)\]|(?<number>\d+(?:\.\d+)?)|(?<word>[\p{L}_][\p{L}\p{N}_$]*)|(?<space>\s+)|(?<other>::|[^])/gu;

export function tokensOf(text: string, lexis: Lexis): Token[] {
  const tokens: Token[] = [];
  for (const { groups = {} } of text.matchAll(TOKEN)) {
    const { comment, space, word, number, other } = groups;
    if (comment !== undefined || space !== undefined) continue;
    const name =
      groups["tick"]?.replaceAll("``", "`") ??
      groups["bracket"] ??
      groups["double"]?.replaceAll('""', '"');
    if (word !== undefined) tokens.push({ kind: "word", value: word.toLowerCase() });
    else if (name !== undefined) tokens.push({ kind: "name", value: name });
    else if (number !== undefined) tokens.push({ kind: "number", value: number });
    else if (other === "#" && lexis.hasHashComments) break;
    else if (other !== undefined) tokens.push({ kind: "punctuation", value: other });
    else tokens.push({ kind: "text", value: groups["text"] ?? groups["dollar"] ?? "" });
  }
  return tokens;
}

/** Reads tokens one after the other. */
export class Cursor {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#tokens.length;
  }

  peek(ahead = 0): Token | undefined {
    return this.#tokens[this.#at + ahead];
  }

  next(): Token | undefined {
    return this.#tokens[this.#at++];
  }

  isWord(...words: readonly string[]): boolean {
    return words.every((word, ahead) => {
      const token = this.peek(ahead);
      return token?.kind === "word" && token.value === word;
    });
  }

  /** Passes over the words if they are next. */
  take(...words: readonly string[]): boolean {
    if (!this.isWord(...words)) return false;
    this.#at += words.length;
    return true;
  }

  takePunctuation(value: string): boolean {
    const token = this.peek();
    if (token?.kind !== "punctuation" || token.value !== value) return false;
    this.#at++;
    return true;
  }

  /** A name, with its schema before it where it has one; unquoted names in lowercase. */
  name(): string {
    let name = this.next()?.value ?? "";
    while (this.takePunctuation(".")) name = `${name}.${this.next()?.value ?? ""}`;
    return name;
  }

  /** What stands in parentheses that are next, without them. */
  group(): Token[] {
    const inside: Token[] = [];
    if (!this.takePunctuation("(")) return inside;
    for (let depth = 1; depth > 0 && !this.isAtEnd;) {
      const token = this.next()!;
      if (token.kind === "punctuation" && token.value === "(") depth++;
      if (token.kind === "punctuation" && token.value === ")") depth--;
      if (depth > 0) inside.push(token);
    }
    return inside;
  }

  rest(): Token[] {
    const rest = this.#tokens.slice(this.#at);
    this.#at = this.#tokens.length;
    return rest;
  }
}

/** The parts between commas that stand in no parentheses. */
export function partsOf(tokens: readonly Token[]): Token[][] {
  const parts: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (token.kind === "punctuation") {
      if (token.value === "(") depth++;
      if (token.value === ")") depth--;
      if (token.value === "," && depth === 0) {
        parts.push([]);
        continue;
      }
    }
    parts.at(-1)!.push(token);
  }
  return parts.filter((part) => part.length > 0);
}
