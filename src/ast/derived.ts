/**
 * Selects that stand as tables. A source is made once for its shape and name, so that one made inside a function has the
 * same columns in every call, and a query that reads it the same plan.
 */

import { BuildError } from "../core/error.ts";
import { Expression, OutputNode, type Source } from "./expression.ts";
import { nullableSources } from "./nullable.ts";
import { ShapeCache } from "./shape.ts";
import type { SelectionNode, SelectionRecord, SelectStatement, SourceColumn } from "./statement.ts";
import { templatesOf } from "./template.ts";
import { typeOf } from "./type-of.ts";
import { walkPart } from "./walk.ts";

export type SetOperator = "union" | "union all" | "intersect" | "except";

/** One select of several, and how its rows are put to those before it. */
export interface DerivedPart {
  readonly operator: SetOperator | undefined;
  readonly statement: SelectStatement;
}

/**
 * How a select stands: in the place of a table, before the query in a `with`, there with a part that reads the rows made
 * so far, or as those rows.
 */
export type DerivedForm = "inline" | "with" | "recursive" | "self";

/** A select, or several, under a name in another query. */
export class DerivedSource implements Source {
  readonly table: string;
  readonly alias: string;
  readonly form: DerivedForm;
  /** Templates, whose parameters count from 0. */
  readonly parts: readonly DerivedPart[];
  readonly columns: readonly OutputNode[];
  /** The result's columns as the select has them, nested as they are. */
  readonly record: SelectionRecord;

  constructor(name: string, form: DerivedForm, parts: readonly DerivedPart[]) {
    this.table = name;
    this.alias = name;
    this.form = form;
    this.parts = parts;
    const columns: OutputNode[] = [];
    this.record = outputsOf(this, parts, columns);
    this.columns = columns;
  }

  /** The names of the columns in SQL. */
  get names(): readonly string[] {
    return this.columns.map((column) => column.name);
  }

  aliased(): never {
    throw new BuildError("E_UNKNOWN_SOURCE", `"${this.alias}" is a query, which has no alias.`, {
      hint: "Give the query itself a second name with .as().",
    });
  }
}

/** Names that mean the same everywhere: letters of ASCII, and none that another one is but for its case. */
function createNamer(): (path: readonly string[]) => string {
  const taken = new Set<string>();
  return (path) => {
    let name = path.join("_");
    if (!/^[A-Za-z]\w{0,59}$/.test(name) || taken.has(name.toLowerCase())) {
      let number = taken.size + 1;
      while (taken.has(`column_${number}`)) number++;
      name = `column_${number}`;
    }
    taken.add(name.toLowerCase());
    return name;
  };
}

function outputsOf(
  source: DerivedSource,
  parts: readonly DerivedPart[],
  columns: OutputNode[],
): SelectionRecord {
  const { statement } = parts[0]!;
  const missing = nullableSources(statement);
  const nameOf = createNamer();
  const output = (path: readonly string[], value: Expression<unknown, string>): OutputNode => {
    const isColumn = value instanceof OutputNode || value.kind === "column";
    const { nullable: isDeclared, source: from } = value as SourceColumn;
    // Of several selects the first alone doesn't tell.
    const isNullable = parts.length > 1 || !isColumn || isDeclared || missing.has(from);
    const node = new OutputNode(source, path.at(-1)!, nameOf(path), typeOf(value), isNullable);
    columns.push(node);
    return node;
  };
  const build = (path: readonly string[], record: SelectionRecord): SelectionRecord => {
    if (path.length > 0 && record.source !== undefined && missing.has(record.source)) {
      throw new BuildError(
        "E_UNKNOWN_SOURCE",
        `"${path.join(".")}" is a whole table that a join may leave out, in a query that is to be a table.`,
        { hint: "Select its columns one by one." },
      );
    }
    return {
      keys: record.keys,
      values: record.values.map((value, index): SelectionNode => {
        const inner = [...path, record.keys[index]!];
        return value instanceof Expression ? output(inner, value) : build(inner, value);
      }),
      source: path.length === 0 ? source : undefined,
    };
  };
  return build([], statement.selection);
}

const interned = new ShapeCache<Map<string, DerivedSource>>();

/** @param values Collects what the selects bind. */
export function derive(
  name: string,
  form: DerivedForm,
  parts: readonly DerivedPart[],
  values: unknown[],
): DerivedSource {
  let node = interned.root.to(form);
  for (const { operator, statement } of parts)
    node = walkPart(node.to(operator), statement, values);
  if (node.plan === undefined) interned.keep(node, new Map());
  // What is kept is gone when the cache starts anew; the source is then made again with the next query.
  const byName = node.plan ?? new Map<string, DerivedSource>();
  let source = byName.get(name);
  if (source === undefined) {
    const templates = templatesOf(parts.map((part) => part.statement));
    const numbered = parts.map(({ operator }, index) => ({
      operator,
      statement: templates[index]!,
    }));
    source = new DerivedSource(name, form, numbered);
    byName.set(name, source);
  }
  return source;
}
