/** Rows of values that stand as a table, as an update of many rows reads them. */

import { OutputNode, type Source } from "./expression.ts";
import { ShapeCache } from "./shape.ts";
import type { AnyColumn } from "./statement.ts";

/** A list of rows of given columns. It holds no values: those are its one input, cell by cell, row after row. */
export class RowsSource implements Source {
  readonly table = "plinth_values";
  readonly alias = "plinth_values";
  /** The columns that the values are for, which have their types. */
  readonly targets: readonly AnyColumn[];
  readonly columns: readonly OutputNode[];
  readonly rowCount: number;

  constructor(targets: readonly AnyColumn[], rowCount: number) {
    this.targets = targets;
    this.rowCount = rowCount;
    // Names that SQLite gives to the columns of `values`.
    this.columns = targets.map(
      ({ key, type }, index) => new OutputNode(this, key, `column${index + 1}`, type, true),
    );
  }
}

const interned = new ShapeCache<RowsSource>();

/** The source is made once for its columns and number of rows, as it stands for them in a query's shape. */
export function rowsSource(targets: readonly AnyColumn[], rowCount: number): RowsSource {
  let node = interned.root.to(rowCount);
  for (const column of targets) node = node.to(column);
  if (node.plan !== undefined) return node.plan;
  const source = new RowsSource(targets, rowCount);
  interned.keep(node, source);
  return source;
}
