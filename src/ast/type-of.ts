import { BuildError } from "../core/error.ts";
import { Expression, nodeOf, type AnyExpression } from "./expression.ts";
import type { LogicalType } from "./logical-type.ts";
import type { SelectStatement } from "./statement.ts";

const BOOLEAN: LogicalType = { kind: "boolean" };

/**
 * The type in which an expression's value is read; undefined where the driver must tell.
 *
 * @throws {BuildError} where there is none: programs without types misspell columns.
 */
export function typeOf(expression: AnyExpression): LogicalType | undefined {
  if ((expression as unknown) === undefined)
    throw new BuildError("E_UNKNOWN_COLUMN", "A column that is named here is undefined.");
  const node = nodeOf(expression);
  switch (node.kind) {
    case "column":
    case "output":
    case "call":
    case "case":
    case "fragment":
    case "parameter":
    case "value":
      return node.type;
    case "compare":
    case "compareRows":
    case "logic":
    case "not":
    case "nullTest":
    case "inList":
    case "inListParameter":
    case "inQuery":
    case "between":
    case "pattern":
      return BOOLEAN;
    case "subquery": {
      if (node.form === "exists") return BOOLEAN;
      const [only] = (node.statement as SelectStatement).selection.values;
      return only instanceof Expression ? typeOf(only) : undefined;
    }
    case "source":
      return undefined;
  }
}
