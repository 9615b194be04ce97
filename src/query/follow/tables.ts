/** The tables that a statement reads, by their names in the database. */

import { childrenOf } from "../../ast/children.ts";
import { DerivedSource } from "../../ast/derived.ts";
import { Expression, nodeOf, type AnyExpression, type Source } from "../../ast/expression.ts";
import type { SelectionRecord, SelectStatement } from "../../ast/statement.ts";
import { templateOf } from "../../ast/template.ts";
import type { Reads } from "../../dialect/driver.ts";
import type { Names } from "../../schema/naming.ts";
import { TableInfo } from "../../schema/table.ts";

/** With its schema before it where that isn't the connection's own. */
export function storedName(names: Names, { schema, table }: Source): string {
  const name = names.table(table);
  return schema === undefined ? name : `${schema}.${name}`;
}

class Walk {
  readonly #names: Names;
  readonly #seen = new Set<Source>();
  readonly tables = new Set<string>();
  unknown: string | undefined;
  selects = 0;

  constructor(names: Names) {
    this.#names = names;
  }

  get sourceCount(): number {
    return this.#seen.size;
  }

  select(statement: SelectStatement): void {
    this.selects++;
    const { distinctOn, groupBy, having, limit, offset, orderBy, selection, where } = statement;
    this.selection(selection);
    this.source(statement.from);
    for (const { on, source } of statement.joins) {
      this.source(source);
      this.all([on]);
    }
    const ordered = orderBy.map(({ expression }) => expression);
    this.all([...distinctOn, where, ...groupBy, having, ...ordered, limit, offset]);
    this.all(statement.beside ?? []);
  }

  selection({ source, values }: SelectionRecord): void {
    if (source !== undefined) this.source(source);
    for (const value of values) {
      if (value instanceof Expression) this.all([value]);
      else this.selection(value);
    }
  }

  all(expressions: readonly (AnyExpression | undefined)[]): void {
    for (const expression of expressions) {
      if (expression === undefined) continue;
      const node = nodeOf(expression);
      // SQL by hand may name a column of a table that stands in no `from`.
      if (node.kind === "column" || node.kind === "output" || node.kind === "source")
        this.source(node.source);
      if (node.kind === "subquery" || node.kind === "inQuery")
        this.select(node.statement as SelectStatement);
      this.all(childrenOf(node));
    }
  }

  source(source: Source): void {
    if (this.#seen.has(source)) return;
    this.#seen.add(source);
    if (source instanceof DerivedSource) {
      for (const { statement } of source.parts) this.select(statement);
      return;
    }
    const view = source instanceof TableInfo ? source.view : undefined;
    if (view === undefined || view.isMaterialized) {
      this.tables.add(storedName(this.#names, source));
      return;
    }
    // A view's query may read others; it isn't a template, whose scopes say what else is read.
    if (view.query?.kind === "select") this.select(templateOf(view.query) as SelectStatement);
    else this.unknown = source.table;
  }
}

/** @param template With the conditions of scopes in it. */
export function readsOf(template: SelectStatement, names: Names): Omit<Reads, "types"> {
  const walk = new Walk(names);
  walk.select(template);
  const { from } = template;
  // SQL by hand may name the table itself under another name.
  const isAlone = walk.selects === 1 && walk.sourceCount === 1;
  const isOfOneTable = isAlone && from instanceof TableInfo && !from.isView;
  return { tables: [...walk.tables].toSorted(), unknown: walk.unknown, isOfOneTable };
}
