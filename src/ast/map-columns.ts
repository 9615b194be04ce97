import {
  BetweenNode,
  CallNode,
  CaseNode,
  CompareNode,
  FragmentNode,
  InListNode,
  LogicNode,
  nodeOf,
  NotNode,
  NullTestNode,
  PatternNode,
  RowCompareNode,
  SourceNode,
  type AnyExpression,
  type Source,
} from "./expression.ts";
import type { SourceColumn } from "./statement.ts";

export interface ColumnMapping {
  readonly column: (column: SourceColumn) => AnyExpression;
  readonly source: (source: Source) => Source;
  /** What to do with a query inside, whose columns are its own affair. */
  readonly query: (expression: AnyExpression) => AnyExpression;
}

/** The same expression with other columns. */
export function mapColumns(expression: AnyExpression, mapping: ColumnMapping): AnyExpression {
  const map = (inner: AnyExpression): AnyExpression => mapColumns(inner, mapping);
  const node = nodeOf(expression);
  switch (node.kind) {
    case "column":
    case "output":
      return mapping.column(node);
    case "source":
      return new SourceNode(mapping.source(node.source));
    case "value":
    case "parameter":
    case "inListParameter":
      return node;
    case "compare":
      return new CompareNode(node.operator, map(node.left), map(node.right));
    case "compareRows":
      return new RowCompareNode(node.operator, node.left.map(map), node.right.map(map));
    case "logic":
      return new LogicNode(node.operator, node.operands.map(map));
    case "not":
      return new NotNode(map(node.operand));
    case "nullTest":
      return new NullTestNode(map(node.operand), node.negated);
    case "inList":
      return new InListNode(map(node.operand), node.values, node.type, node.negated);
    case "between":
      return new BetweenNode(map(node.operand), map(node.low), map(node.high));
    case "pattern": {
      const { operator, operand, pattern, isAscii, isEscaped, negated } = node;
      return new PatternNode(operator, map(operand), map(pattern), isAscii, isEscaped, negated);
    }
    case "call": {
      const over = node.over && {
        ...node.over,
        partitionBy: node.over.partitionBy.map(map),
        orderBy: node.over.orderBy.map((term) => ({ ...term, expression: map(term.expression) })),
      };
      return new CallNode(node.name, node.arguments.map(map), node.type, over, node.option);
    }
    case "case": {
      const branches = node.branches.map(({ condition, value }) => ({
        condition: map(condition),
        value: map(value),
      }));
      return new CaseNode(branches, node.otherwise && map(node.otherwise), node.type);
    }
    case "fragment":
      return new FragmentNode(node.strings, node.parts.map(map), node.type);
    case "inQuery":
    case "subquery":
      return mapping.query(node);
  }
}
