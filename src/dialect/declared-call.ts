/** A function of a declaration, written as a query would, with literals for its values. */

import { CallNode, ColumnNode, ParameterNode, type AnyExpression } from "../ast/expression.ts";
import type { LogicalType } from "../ast/logical-type.ts";
import type { SqlArgumentModel, SqlCallModel } from "../schema/sql-model.ts";
import { checkedLiteral } from "./checked-literal.ts";
import type { Writer } from "./sql/writer.ts";

/** The table that is declared, whichever it is: its columns stand without its name. */
const DECLARED = { table: "", alias: undefined };

class DeclaredColumn extends ColumnNode<unknown, string> {
  readonly source: typeof DECLARED = DECLARED;
  readonly key: string;
  readonly givenName: string;
  readonly type: LogicalType;
  readonly nullable: boolean;

  constructor(name: string, type: LogicalType, nullable: boolean) {
    super();
    this.key = name;
    this.givenName = name;
    this.type = type;
    this.nullable = nullable;
  }
}

function nodeOfModel(model: SqlArgumentModel, literals: unknown[]): AnyExpression {
  if ("call" in model) {
    const parts = model.arguments.map((part) => nodeOfModel(part, literals));
    return new CallNode(model.call, parts, model.type, undefined, model.option);
  }
  if ("column" in model) return new DeclaredColumn(model.column, model.type, model.nullable);
  const [value, type] =
    "path" in model
      ? [model.path, undefined]
      : [checkedLiteral(model.type, model.value), model.type];
  return new ParameterNode(literals.push(value) - 1, type);
}

export function writeDeclaredCall(model: SqlCallModel, out: Writer): void {
  const literals: unknown[] = [];
  const node = nodeOfModel(model, literals);
  out.literally(literals, () => out.scope([DECLARED], () => out.expression(node)));
}
