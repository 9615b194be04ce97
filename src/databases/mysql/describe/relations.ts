/** The tables and views of the database, and which of them a column is of. */

import type { LogicalType } from "../../../ast/logical-type.ts";
import type {
  ColumnOrigin,
  DescribeContext,
  TableOrigin,
} from "../../../dialect/server/description.ts";
import {
  closingOf,
  isSign,
  isWord,
  tokensOf,
  type SqlToken,
} from "../../../dialect/text/sql-tokens.ts";
import type { Model } from "../../../schema/model.ts";
import { MYSQL_LEXIS } from "../lexis.ts";
import { isName } from "./blocks.ts";
import type { PreparedColumn } from "./columns.ts";
import { namedTables } from "./named-tables.ts";

const VIEWS = `
  select table_name as name, view_definition as text from information_schema.views where table_schema = database()`;

type Tokens = readonly SqlToken[];

/** Whether a name is that of a subquery, or of a query that WITH names: the server tells it for a table. */
function isOfQuery(name: string, tokens: Tokens): boolean {
  return tokens.some((token, at) => {
    if (!isName(token) || token.value.toLowerCase() !== name.toLowerCase()) return false;
    if (isSign(isWord(tokens[at - 1], "as") ? tokens[at - 2] : tokens[at - 1], ")")) return true;
    const behind = isSign(tokens[at + 1], "(") ? closingOf(tokens, at + 1) + 1 : at + 1;
    return isWord(tokens[behind], "as") && isSign(tokens[behind + 1], "(");
  });
}

export class Relations {
  readonly #own: string;
  /** By `schema.table.column`; the connection's own schema is empty. */
  readonly #types = new Map<string, LogicalType>();
  /** Columns of tables that hold no NULL, the same way. */
  readonly #notNull = new Set<string>();
  readonly #tables = new Set<string>();
  /** By the view's name. */
  readonly #views: ReadonlyMap<string, Tokens>;

  constructor(own: string, views: ReadonlyMap<string, Tokens>, model: Model) {
    this.#own = own;
    this.#views = views;
    for (const { name, schema = "", columns } of [...model.tables, ...(model.views ?? [])])
      for (const column of columns)
        this.#types.set(`${schema}.${name}.${column.name}`, column.type);
    for (const { name, schema = "", columns } of model.tables) {
      this.#tables.add(`${schema}.${name}`);
      for (const column of columns)
        if (!column.nullable) this.#notNull.add(`${schema}.${name}.${column.name}`);
    }
  }

  typeOf({ schema = "", table, column }: ColumnOrigin): LogicalType | undefined {
    return this.#types.get(`${schema}.${table}.${column}`);
  }

  /** @param tokens Of the statement. */
  originOf(column: PreparedColumn, tokens: Tokens): ColumnOrigin | undefined {
    const database = column.schema();
    const name = column.orgTable();
    if (database === "" || name === "" || isOfQuery(name, tokens)) return undefined;
    const schema = database === this.#own ? undefined : database;
    const table = this.#viewNamed(name, tokens) ?? name;
    const origin = { schema, table, column: column.orgName() };
    return this.typeOf(origin) === undefined ? undefined : origin;
  }

  /** For columns of a view the server tells the name that the statement gives it. */
  #viewNamed(alias: string, tokens: Tokens): string | undefined {
    return tokens.find((token, at) => {
      const named = isWord(tokens[at + 1], "as") ? tokens[at + 2] : tokens[at + 1];
      return (
        isName(token) && isName(named) && named?.value === alias && this.#views.has(token.value)
      );
    })?.value;
  }

  isNotNull({ schema = "", table, column }: ColumnOrigin): boolean {
    return this.#notNull.has(`${schema}.${table}.${column}`);
  }

  isOwn(schema: string): boolean {
    return schema === this.#own;
  }

  /** The words of its query. */
  viewOf(name: string): Tokens | undefined {
    return this.#views.get(name);
  }

  isView(name: string): boolean {
    return this.#views.has(name);
  }

  isTable({ schema = "", table }: TableOrigin): boolean {
    return this.#tables.has(`${schema}.${table}`);
  }

  /** Whether a statement, or a view that it reads, reads of other databases what isn't known to be a table. */
  readsBeyond(tokens: Tokens, seen: ReadonlySet<string> = new Set()): boolean {
    return namedTables(tokens).some(({ schema, name }) => {
      if (schema !== undefined && !this.isOwn(schema))
        return !this.isTable({ schema, table: name });
      const view = seen.has(name) ? undefined : this.#views.get(name);
      return view !== undefined && this.readsBeyond(view, new Set([...seen, name]));
    });
  }

  /** The words of a statement, and of all views that it may read. */
  wordsOf(tokens: Tokens, known: Set<string> = new Set()): Tokens {
    const views = tokens.filter(
      (token) => isName(token) && this.#views.has(token.value) && !known.has(token.value),
    );
    for (const { value } of views) known.add(value);
    const inner = [...new Set(views.map(({ value }) => value))].flatMap((name) =>
      this.wordsOf(this.#views.get(name)!, known),
    );
    return [...tokens, ...inner];
  }
}

export async function readRelations(ask: DescribeContext["ask"], model: Model): Promise<Relations> {
  const [row] = await ask("select database() as own");
  const views = await ask(VIEWS);
  const tokens = new Map(
    views.map(({ name, text }) => [String(name), tokensOf(String(text), MYSQL_LEXIS)]),
  );
  return new Relations(String(row?.["own"]), tokens, model);
}
