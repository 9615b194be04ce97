/**
 * Which column a parameter stands for, by the words around it, and whether NULL makes sense there: what is compared with
 * NULL is never true. Databases don't tell. Where the words leave it open nothing is said, and NULL is taken.
 */

import type { ColumnOrigin } from "../../../dialect/server/description.ts";
import { closingOf, isSign, isWord, type SqlToken } from "../../../dialect/text/sql-tokens.ts";
import type { CheckedText, Place } from "../../../query/checked/text.ts";
import type { ColumnModel, Model } from "../../../schema/model.ts";

export interface ParameterMeaning {
  readonly column: ColumnOrigin | undefined;
  /** Whether NULL is taken. */
  readonly isNullable: boolean;
  readonly isCompared: boolean;
}

interface Named {
  readonly origin: ColumnOrigin;
  readonly model: ColumnModel;
}

const OPEN: ParameterMeaning = { column: undefined, isNullable: true, isCompared: false };

function isName(token: SqlToken | undefined): token is SqlToken {
  return token !== undefined && (token.kind === "word" || token.kind === "name");
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

class Reader {
  readonly #tokens: readonly SqlToken[];
  readonly #relations: readonly {
    name: string;
    schema: string | undefined;
    columns: readonly ColumnModel[];
  }[];

  constructor(tokens: readonly SqlToken[], { tables, views = [] }: Model) {
    this.#tokens = tokens.filter(({ kind }) => kind !== "comment");
    const named = new Set(tokens.filter(isName).map(({ value }) => value.toLowerCase()));
    this.#relations = [...tables, ...views]
      .filter(({ name }) => named.has(name.toLowerCase()))
      .map(({ columns, name, schema }) => ({ name, schema, columns }));
  }

  meaningOf({ end, start }: Place): ParameterMeaning {
    const at = this.#tokens.findIndex((token) => token.start === start);
    const behind = this.#tokens.findIndex((token) => token.start >= end);
    const next = behind === -1 ? this.#tokens.length : this.#afterCast(behind);
    return this.#assigned(at) ?? this.#inserted(at) ?? this.#compared(at, next) ?? OPEN;
  }

  /** Behind `::type`. */
  #afterCast(at: number): number {
    const tokens = this.#tokens;
    if (!isSign(tokens[at], ":") || !isSign(tokens[at + 1], ":")) return at;
    let next = at + 3;
    while (isSign(tokens[next], ".")) next += 2;
    return isSign(tokens[next], "(") ? closingOf(tokens, next) + 1 : next;
  }

  /** `set name = :name` */
  #assigned(at: number): ParameterMeaning | undefined {
    const tokens = this.#tokens;
    const before = tokens[at - 3];
    if (!isSign(tokens[at - 1], "=") || !isName(tokens[at - 2])) return undefined;
    if (isWord(before, "set")) return this.#stored([tokens[at - 2]!]);
    return isSign(before, ",") && this.#isInSet(at - 3)
      ? this.#stored([tokens[at - 2]!])
      : undefined;
  }

  /** Whether a comma stands between assignments. */
  #isInSet(comma: number): boolean {
    let depth = 0;
    for (let at = comma; at >= 0; at--) {
      const token = this.#tokens[at];
      if (isSign(token, ")")) depth++;
      else if (isSign(token, "(") && --depth < 0) return false;
      else if (depth === 0 && isWord(token, "set")) return true;
      else if (
        depth === 0 &&
        /^(?:select|from|where|by|on|values|having|returning)$/i.test(token?.text ?? "")
      )
        return false;
    }
    return false;
  }

  /** `insert into users (id, name) values (:id, :name)` */
  #inserted(at: number): ParameterMeaning | undefined {
    const tokens = this.#tokens;
    if (!isSign(tokens[at - 1], "(") && !isSign(tokens[at - 1], ",")) return undefined;
    let open = at - 1;
    let place = 0;
    for (let depth = 0; open >= 0; open--) {
      if (isSign(tokens[open], ")")) depth++;
      else if (isSign(tokens[open], "(") && depth-- === 0) break;
      else if (depth === 0 && isSign(tokens[open], ",")) place++;
    }
    if (!this.#isRow(open)) return undefined;
    const values = tokens.findLastIndex((token, index) => index < open && isWord(token, "values"));
    const close = values - 1;
    if (!isSign(tokens[close], ")")) return undefined;
    const begin = tokens.findLastIndex((token, index) => index < close && isSign(token, "("));
    const names = tokens.slice(begin + 1, close).filter((token) => !isSign(token, ","));
    const name = names[place];
    return isName(name) ? this.#stored([name]) : undefined;
  }

  /** Whether a parenthesis opens a row behind `values`. */
  #isRow(open: number): boolean {
    const tokens = this.#tokens;
    for (let at = open - 1; at >= 0; at--) {
      if (isWord(tokens[at], "values")) return true;
      if (!isSign(tokens[at], ",") || !isSign(tokens[at - 1], ")")) return false;
      let depth = 0;
      for (at--; at >= 0; at--) {
        if (isSign(tokens[at], ")")) depth++;
        else if (isSign(tokens[at], "(") && --depth === 0) break;
      }
    }
    return false;
  }

  /** `name = :name`, `:age < u.age`, `id in (:ids)`, `between :from and :to` */
  #compared(at: number, next: number): ParameterMeaning | undefined {
    const tokens = this.#tokens;
    const before = this.#operatorBefore(at);
    if (before !== undefined)
      return {
        column: this.#only(this.#nameEndingAt(before)),
        isNullable: false,
        isCompared: true,
      };
    if (/^[=<>!]$/.test(tokens[next]?.text ?? "")) {
      let behind = next;
      while (/^[=<>!]$/.test(tokens[behind]?.text ?? "")) behind++;
      return {
        column: this.#only(this.#nameBeginningAt(behind)),
        isNullable: false,
        isCompared: true,
      };
    }
    if (isWord(tokens[at - 1], "limit") || isWord(tokens[at - 1], "offset"))
      return { column: undefined, isNullable: false, isCompared: true };
    return undefined;
  }

  /** The place of what is compared, left of the parameter. */
  #operatorBefore(at: number): number | undefined {
    const tokens = this.#tokens;
    let left = at - 1;
    if (isSign(tokens[left], "(") && isWord(tokens[left - 1], "in")) {
      left -= 2;
      return isWord(tokens[left], "not") ? left - 1 : left;
    }
    if (/^(?:i?like|between)$/i.test(tokens[left]?.text ?? "")) {
      left--;
      return isWord(tokens[left], "not") ? left - 1 : left;
    }
    if (isWord(tokens[left], "and")) {
      const between = tokens.findLastIndex(
        (token, index) => index < left && isWord(token, "between"),
      );
      const isOne = between !== -1 && left - between <= 3;
      return isOne ? (isWord(tokens[between - 1], "not") ? between - 2 : between - 1) : undefined;
    }
    if (!/^[=<>]$/.test(tokens[left]?.text ?? "")) return undefined;
    // `->`, `->>`, `@>` and the like are no comparisons.
    while (/^[=<>!]$/.test(tokens[left]?.text ?? "")) left--;
    return /^[-@#&|?~*/+%]$/.test(tokens[left]?.text ?? "") ? undefined : left;
  }

  /** `u.name` as its words. */
  #nameEndingAt(at: number): SqlToken[] {
    const tokens = this.#tokens;
    if (!isName(tokens[at])) return [];
    return isSign(tokens[at - 1], ".") ? [...this.#nameEndingAt(at - 2), tokens[at]] : [tokens[at]];
  }

  #nameBeginningAt(at: number): SqlToken[] {
    const tokens = this.#tokens;
    if (!isName(tokens[at]) || isSign(tokens[at + 1], "(")) return [];
    return isSign(tokens[at + 1], ".")
      ? [tokens[at], ...this.#nameBeginningAt(at + 2)]
      : [tokens[at]];
  }

  #stored(name: readonly SqlToken[]): ParameterMeaning {
    const found = this.#columnsOf(name);
    const isNullable = found.length === 0 || found.some(({ model }) => model.nullable);
    return { column: this.#only(name), isNullable, isCompared: false };
  }

  /** The only one of the name; several that differ are none. */
  #only(name: readonly SqlToken[]): ColumnOrigin | undefined {
    const found = this.#columnsOf(name);
    return found.length === 1 ? found[0]!.origin : undefined;
  }

  #columnsOf(name: readonly SqlToken[]): Named[] {
    const column = name.at(-1)?.value;
    if (column === undefined) return [];
    const qualifier = name.at(-2)?.value;
    const table = qualifier === undefined ? undefined : this.#tableOf(qualifier);
    return this.#relations
      .filter((relation) => table === undefined || isSame(relation.name, table))
      .flatMap(({ columns, name: own, schema }) => {
        const model = columns.find((one) => isSame(one.name, column));
        return model === undefined
          ? []
          : [{ origin: { schema, table: own, column: model.name }, model }];
      });
  }

  /** The table of `users u` and `users as u` is `users`; of an alias of anything else nothing is known. */
  #tableOf(qualifier: string): string {
    const tokens = this.#tokens;
    for (const [at, token] of tokens.entries()) {
      if (!isName(token) || !isSame(token.value, qualifier)) continue;
      const before = isWord(tokens[at - 1], "as") ? tokens[at - 2] : tokens[at - 1];
      const isTable = this.#relations.some(
        ({ name }) => isName(before) && isSame(name, before.value),
      );
      if (isTable) return before!.value;
    }
    return qualifier;
  }
}

/** By the names of parameters. One that stands in several places takes NULL where any of them does. */
export function parameterMeanings(
  { places }: CheckedText,
  tokens: readonly SqlToken[],
  model: Model,
): ReadonlyMap<string, ParameterMeaning> {
  const reader = new Reader(tokens, model);
  const meanings = new Map<string, ParameterMeaning>();
  for (const place of places) {
    const meaning = reader.meaningOf(place);
    const known = meanings.get(place.name);
    meanings.set(place.name, {
      column: known?.column ?? meaning.column,
      isNullable: meaning.isNullable || known?.isNullable === true,
      isCompared: meaning.isCompared || known?.isCompared === true,
    });
  }
  return meanings;
}
