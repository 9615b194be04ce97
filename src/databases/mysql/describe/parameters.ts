/**
 * What the parameters of a statement are. The server counts them and says no more, so the text is looked at: a parameter
 * that is compared with a column, or stored in one, is of its type. Which column a name means the server says itself: it is
 * asked for that name alone, from what the query reads. Where it isn't as plain as that nothing is told.
 */

import type { LogicalType } from "../../../ast/logical-type.ts";
import { closingOf, isSign, isWord, type SqlToken } from "../../../dialect/text/sql-tokens.ts";
import { Blocks, endOfName, isName, openBefore, wordOf } from "./blocks.ts";

/** The type of a column of a query, of the first if it isn't said; undefined where the server refuses the query. */
export type TypeOf = (text: string, column?: number) => Promise<LogicalType | undefined>;

const COUNT: LogicalType = { kind: "bigint", mode: "number" };
const TEXT: LogicalType = { kind: "text", length: undefined };

/** What may stand before the left side of a comparison, and behind its right side, that is nothing but a name. */
const BEFORE = new Set(
  "and distinct having on or select set then update when where xor".split(" "),
);
const BEHIND = new Set(
  "and as asc desc else end except for from group having intersect limit lock on or order returning then union where window xor when".split(
    " ",
  ),
);
const COMPARISON = /^(?:=|<>|!=|<|<=|>|>=|<=>)$/;
const COALESCING = new Set(["coalesce", "ifnull"]);

export class Parameters {
  readonly #tokens: readonly SqlToken[];
  readonly #blocks: Blocks;
  readonly #typeOf: TypeOf;

  constructor(text: string, tokens: readonly SqlToken[], typeOf: TypeOf) {
    this.#tokens = tokens;
    this.#blocks = new Blocks(text, tokens);
    this.#typeOf = typeOf;
  }

  /** In the order of their places. */
  async types(): Promise<readonly (LogicalType | undefined)[]> {
    const places = [...this.#tokens.keys()].filter((at) => isSign(this.#tokens[at], "?"));
    const types: (LogicalType | undefined)[] = [];
    for (const place of places) types.push(await this.#typeAt(place));
    return types;
  }

  async #typeAt(at: number): Promise<LogicalType | undefined> {
    if (!this.#ends(at + 1)) return undefined;
    const before = wordOf(this.#tokens[at - 1]);
    if (before === "limit" || before === "offset") return COUNT;
    if (isSign(this.#tokens[at - 1], ",") && this.#isOfLimit(at - 1)) return COUNT;
    if (before === "like") return TEXT;
    return this.#typeOfName(at, this.#nameBeside(at)) ?? this.#typeOfInserted(at);
  }

  /** `limit ?, ?` */
  #isOfLimit(comma: number): boolean {
    return wordOf(this.#tokens[comma - 2]) === "limit";
  }

  /** Whether nothing is done to what stands before a place. */
  #ends(at: number): boolean {
    const token = this.#tokens[at];
    return (
      token === undefined ||
      [")", ",", ";"].some((sign) => isSign(token, sign)) ||
      BEHIND.has(wordOf(token)) ||
      (token.kind === "sign" && COMPARISON.test(this.#operatorFrom(at)))
    );
  }

  #begins(at: number): boolean {
    const token = this.#tokens[at];
    return isSign(token, "(") || isSign(token, ",") || BEFORE.has(wordOf(token));
  }

  #operatorFrom(at: number): string {
    let text = "";
    for (let next = at; /^[<>=!]$/.test(this.#tokens[next]?.text ?? ""); next++)
      text += this.#tokens[next]!.text;
    return text;
  }

  /** The name that the parameter is compared with, or given to. */
  #nameBeside(at: number): readonly SqlToken[] | undefined {
    let left = at;
    while (/^[<>=!]$/.test(this.#tokens[left - 1]?.text ?? "")) left--;
    if (left < at) return this.#nameUpTo(left);
    const word = wordOf(this.#tokens[at - 1]);
    if (word === "between") return this.#nameUpTo(at - 1);
    if (word === "and" && isWord(this.#tokens[at - 3], "between")) return this.#nameUpTo(at - 3);
    const operator = this.#operatorFrom(at + 1);
    if (COMPARISON.test(operator) && this.#begins(at - 1))
      return this.#nameFrom(at + 1 + operator.length);
    return this.#nameOfList(at);
  }

  /** `name in (?, …)`, `coalesce(name, ?)`. */
  #nameOfList(at: number): readonly SqlToken[] | undefined {
    const open = openBefore(this.#tokens, at);
    const word = wordOf(this.#tokens[open - 1]);
    if (word === "in") return this.#nameUpTo(open - 1);
    const end = endOfName(this.#tokens, open + 1);
    return COALESCING.has(word) && isSign(this.#tokens[end], ",")
      ? this.#nameFrom(open + 1)
      : undefined;
  }

  /** @param end Behind it, and behind `not`. */
  #nameUpTo(end: number): readonly SqlToken[] | undefined {
    const last = isWord(this.#tokens[end - 1], "not") ? end - 1 : end;
    let from = last - 1;
    while (isSign(this.#tokens[from - 1], ".") && isName(this.#tokens[from - 2])) from -= 2;
    if (!isName(this.#tokens[from]) || !this.#begins(from - 1)) return undefined;
    return this.#tokens.slice(from, last);
  }

  #nameFrom(from: number): readonly SqlToken[] | undefined {
    if (!isName(this.#tokens[from])) return undefined;
    const end = endOfName(this.#tokens, from);
    return this.#ends(end) ? this.#tokens.slice(from, end) : undefined;
  }

  #typeOfName(
    at: number,
    name: readonly SqlToken[] | undefined,
  ): Promise<LogicalType | undefined> | undefined {
    if (name === undefined) return undefined;
    const spelt = name.map(({ text }) => text).join("");
    return this.#typeIn(at, spelt);
  }

  /** A name is of the innermost query that has it. */
  async #typeIn(at: number, name: string): Promise<LogicalType | undefined> {
    for (const { from, isBehindRows } of this.#blocks.around(at)) {
      if (isBehindRows) return undefined;
      if (from === "") continue;
      const type = await this.#typeOf(`${this.#blocks.named}select ${name} from ${from} limit 0`);
      if (type !== undefined) return type;
    }
    return undefined;
  }

  /** `insert into name (a, b) values (?, ?)`. */
  async #typeOfInserted(at: number): Promise<LogicalType | undefined> {
    const { target } = this.#blocks;
    const open = openBefore(this.#tokens, at);
    if (target === undefined || !this.#isRowOfValues(open)) return undefined;
    const column = this.#partsBetween(open, at) - 1;
    if (!isSign(this.#tokens[target.end], "("))
      return this.#typeOf(`select * from ${target.text} limit 0`, column);
    const names = this.#tokens
      .slice(target.end + 1, closingOf(this.#tokens, target.end))
      .filter((token) => isName(token));
    const name = names[column];
    return name && (await this.#typeOf(`select ${name.text} from ${target.text} limit 0`));
  }

  /** How many parts of a list there are from its parenthesis up to a place. */
  #partsBetween(open: number, end: number): number {
    let parts = 1;
    for (let at = open + 1; at < end; at++) {
      if (isSign(this.#tokens[at], "(")) at = closingOf(this.#tokens, at);
      else if (isSign(this.#tokens[at], ",")) parts++;
    }
    return parts;
  }

  /** Whether a parenthesis begins a row behind `values`, or one behind another. */
  #isRowOfValues(open: number): boolean {
    const before = this.#tokens[open - 1];
    if (/^values?$/.test(wordOf(before))) return true;
    if (!isSign(before, ",") || !isSign(this.#tokens[open - 2], ")")) return false;
    return this.#isRowOfValues(openBefore(this.#tokens, open - 2));
  }
}
