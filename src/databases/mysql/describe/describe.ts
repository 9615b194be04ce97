/**
 * What a statement means, told by the server: it prepares it, which runs nothing, and tells of each column where it is
 * from, its type, and whether it can be NULL; `trust.ts` says when that is believed.
 */

import type { LogicalType } from "../../../ast/logical-type.ts";
import { QueryError, UnsupportedError } from "../../../core/error.ts";
import type {
  ColumnOrigin,
  DescribeContext,
  DescribedColumn,
  DescribedParameter,
  Description,
  OpenDescribe,
} from "../../../dialect/server/description.ts";
import {
  parseParameters,
  withPlaceholders,
  type ParameterText,
} from "../../../dialect/text/parameters.ts";
import { isWord, tokensOf, type SqlToken } from "../../../dialect/text/sql-tokens.ts";
import { splitScript } from "../../../dialect/text/split-script.ts";
import { MariadbConnection } from "../connection/connection.ts";
import { toDbError } from "../errors.ts";
import { MYSQL_LEXIS } from "../lexis.ts";
import type { Variant } from "../variant.ts";
import { Blocks } from "./blocks.ts";
import { typeOfPrepared, type PreparedColumn } from "./columns.ts";
import { narrowedNames } from "./narrowing.ts";
import { Parameters, type TypeOf } from "./parameters.ts";
import { refusedByServer } from "./refusal.ts";
import { readRelations, type Relations } from "./relations.ts";
import { readTouchables, Toucher, type Touchables } from "./touched.ts";
import { trustOf, type Trust } from "./trust.ts";

function tokensIn(text: string): SqlToken[] {
  return tokensOf(text, MYSQL_LEXIS).filter(({ kind }) => kind !== "comment");
}

/** Words that the server reads though they stand in a comment: `/*!` and what follows. */
function hasHiddenWords(text: string): boolean {
  return tokensOf(text, MYSQL_LEXIS).some(
    ({ kind, text: comment }) => kind === "comment" && /^\/\*M?!/.test(comment),
  );
}

const trustNothing: Trust = () => false;

/** Names once, each with what is known of it at any of its places; nothing where the places disagree. */
function parametersOf(
  { names, places }: ParameterText,
  types: readonly (LogicalType | undefined)[],
): readonly DescribedParameter[] {
  return names.map((name) => {
    const known = types.filter((type, at) => places[at] === name && type !== undefined);
    const spelt = new Set(known.map((type) => JSON.stringify(type)));
    return { name, type: spelt.size === 1 ? known[0] : undefined };
  });
}

let openings = 0;

class Describer {
  /** The driver keeps statements by their text, and what it tells of one that was executed is of the values. */
  readonly #mark = `/* described ${++openings} */`;
  readonly #connection: MariadbConnection;
  readonly #variant: Variant;
  readonly #relations: Relations;
  readonly #toucher: Toucher;

  constructor(
    connection: MariadbConnection,
    variant: Variant,
    relations: Relations,
    touchables: Touchables,
  ) {
    this.#toucher = new Toucher(relations, touchables);
    this.#connection = connection;
    this.#variant = variant;
    this.#relations = relations;
  }

  async describe(written: string): Promise<Description> {
    if (splitScript(written, MYSQL_LEXIS).length !== 1)
      throw new QueryError("E_SYNTAX", "The text isn't one statement.");
    const parsed = parseParameters(written, MYSQL_LEXIS);
    const text = withPlaceholders(parsed, () => "?");
    const tokens = tokensIn(text);
    const prepared = await this.#prepare(text, parsed);
    const typeOf: TypeOf = (query, column = 0) => this.#typeOf(query, column);
    const types =
      parsed.places.length === 0 ? [] : await new Parameters(text, tokens, typeOf).types();
    const returned = await this.#returned(text, tokens);
    const isSeen = !hasHiddenWords(text);
    const trust = isSeen ? trustOf(tokens, this.#relations, this.#variant) : trustNothing;
    const narrowed = isSeen ? await this.#narrowed(text, tokens) : trustNothing;
    return {
      parameters: parametersOf(parsed, types),
      columns: (returned ?? prepared).map((column): DescribedColumn => {
        const origin = this.#originOf(column, tokens);
        return {
          name: column.name(),
          type: this.#typeOfColumn(column, origin),
          isNullable: !trust(column, origin) && !narrowed(column, origin),
          origin,
        };
      }),
      ...(isSeen && this.#toucher.touched(text, tokens)),
    };
  }

  #ask(text: string): Promise<readonly PreparedColumn[]> {
    return this.#connection.describe(`${this.#mark} ${text}`);
  }

  async #prepare(text: string, parsed: ParameterText): Promise<readonly PreparedColumn[]> {
    const prepare = (changed: string): Promise<readonly PreparedColumn[]> => this.#ask(changed);
    try {
      return await prepare(text);
    } catch (error) {
      throw await refusedByServer(error, toDbError(error, this.#variant), text, prepare, parsed);
    }
  }

  /** What a write gives back the server doesn't tell before it runs; so it is asked for the same of the table. */
  async #returned(
    text: string,
    tokens: readonly SqlToken[],
  ): Promise<readonly PreparedColumn[] | undefined> {
    const { target } = new Blocks(text, tokens);
    const returning = tokens.findLast((token) => isWord(token, "returning"));
    if (target === undefined || returning === undefined) return undefined;
    const list = text.slice(
      returning.end,
      tokens.at(-1)!.text === ";" ? tokens.at(-1)!.start : undefined,
    );
    return this.#ask(`select ${list} from ${target.text}`);
  }

  /** Columns that the conditions leave no NULL in, and those of a row that is there by them. */
  async #narrowed(text: string, tokens: readonly SqlToken[]): Promise<Trust> {
    const { at, names } = narrowedNames(tokens);
    const blocks = new Blocks(text, tokens);
    const [block] = blocks.around(at);
    const met: PreparedColumn[] = [];
    if (block === undefined || this.#variant.name !== "MariaDB") return () => false;
    for (const name of names) {
      const column = await this.#columnOf(
        `${blocks.named}select ${name} from ${block.from} limit 0`,
      );
      if (column !== undefined && column.orgName() !== "") met.push(column);
    }
    return (column, origin) =>
      met.some((one) => {
        if (one.table() === "" || one.table() !== column.table()) return false;
        if (one.schema() !== column.schema()) return false;
        const isThere = origin !== undefined && this.#relations.isNotNull(origin);
        return isThere || (column.orgName() !== "" && one.orgName() === column.orgName());
      });
  }

  async #columnOf(query: string, at = 0): Promise<PreparedColumn | undefined> {
    try {
      return (await this.#ask(query))[at];
    } catch {
      return undefined;
    }
  }

  async #typeOf(query: string, at: number): Promise<LogicalType | undefined> {
    const column = await this.#columnOf(query, at);
    return column && this.#typeOfColumn(column, this.#originOf(column, tokensIn(query)));
  }

  #originOf(column: PreparedColumn, tokens: readonly SqlToken[]): ColumnOrigin | undefined {
    return this.#relations.originOf(column, tokens);
  }

  #typeOfColumn(column: PreparedColumn, origin: ColumnOrigin | undefined): LogicalType | undefined {
    return (origin && this.#relations.typeOf(origin)) ?? typeOfPrepared(column);
  }
}

export const openMysqlDescribe = async (
  { connection, ask, model }: DescribeContext,
  variant: Variant,
): ReturnType<OpenDescribe> => {
  if (!(connection instanceof MariadbConnection)) {
    throw new UnsupportedError({
      dialect: variant.name,
      feature: "describing statements over another driver",
      instead: "Describe them on a connection of this package.",
    });
  }
  const relations = await readRelations(ask, model);
  const describer = new Describer(connection, variant, relations, await readTouchables(ask));
  return (text) => describer.describe(text);
};
