/** Reads the words of a statement one after the other, for looking at DDL that people wrote. */

import type { Lexis } from "../../dialect/text/split-script.ts";
import { tokensOf, type SqlToken } from "../../dialect/text/sql-tokens.ts";

/** Without comments; the value of a word is in small letters. */
export function statementTokens(text: string, lexis: Lexis): SqlToken[] {
  return tokensOf(text, lexis)
    .filter(({ kind }) => kind !== "comment")
    .map((token) =>
      token.kind === "word" ? { ...token, value: token.value.toLowerCase() } : token,
    );
}

/** A token as it stands, but for the case of words. */
export function spelt({ kind, text, value }: SqlToken): string {
  return kind === "word" ? value : text;
}

export class Cursor {
  readonly #tokens: readonly SqlToken[];
  #at = 0;

  constructor(tokens: readonly SqlToken[]) {
    this.#tokens = tokens;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#tokens.length;
  }

  peek(ahead = 0): SqlToken | undefined {
    return this.#tokens[this.#at + ahead];
  }

  next(): SqlToken | undefined {
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

  takeSign(value: string): boolean {
    const token = this.peek();
    if (token?.kind !== "sign" || token.value !== value) return false;
    this.#at++;
    return true;
  }

  /** A name, with its schema before it where it has one; unquoted names in lowercase. */
  name(): string {
    let name = this.next()?.value ?? "";
    while (this.takeSign(".")) name = `${name}.${this.next()?.value ?? ""}`;
    return name;
  }

  /** What stands in parentheses that are next, without them. */
  group(): SqlToken[] {
    const inside: SqlToken[] = [];
    if (!this.takeSign("(")) return inside;
    for (let depth = 1; depth > 0 && !this.isAtEnd;) {
      const token = this.next()!;
      if (token.kind === "sign" && token.value === "(") depth++;
      if (token.kind === "sign" && token.value === ")") depth--;
      if (depth > 0) inside.push(token);
    }
    return inside;
  }

  rest(): SqlToken[] {
    const rest = this.#tokens.slice(this.#at);
    this.#at = this.#tokens.length;
    return rest;
  }
}

/** The parts between commas that stand in no parentheses. */
export function partsOf(tokens: readonly SqlToken[]): SqlToken[][] {
  const parts: SqlToken[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (token.kind === "sign") {
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
