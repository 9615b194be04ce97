/** Conditions and values that are about related rows. */

import {
  CaseNode,
  NotNode,
  NullTestNode,
  SubqueryNode,
  type AnyExpression,
  type Condition,
  type Expression,
} from "../../ast/expression.ts";
import { BuildError } from "../../core/error.ts";
import type { Relation, RelationKind } from "../../schema/relation.ts";
import type { AnyTable } from "../../schema/table.ts";
import { count } from "../expression.ts";
import { combined } from "../read/select.ts";
import { holdsAggregate } from "../read/grouping.ts";
import { ONE, within, type RelatedCondition, type Within } from "./correlated.ts";

type To<Target extends AnyTable, Kind extends RelationKind = RelationKind> = Relation<
  AnyTable,
  Target,
  Kind
>;

function checkedCondition(
  rows: Within,
  condition: RelatedCondition<AnyTable> | undefined,
  name: string,
): AnyExpression | undefined {
  if (condition === undefined) return undefined;
  const given = typeof condition === "function" ? rows.conditionOf(condition) : condition;
  const checked = combined(undefined, given, name);
  if (checked === undefined || typeof condition === "function") return checked;
  return rows.conditionOf(checked as Condition);
}

function found(rows: Within, condition: AnyExpression | undefined): Expression<boolean> {
  return new SubqueryNode("exists", rows.select(ONE, condition));
}

/**
 * Whether there is a related row that meets the condition, or any at all.
 *
 * @param relation Of a schema: `schema.relations.users.posts`.
 * @param condition Over the columns of the related table, or a function that gets it, where they could mean the row around.
 * @example
 * db.from(users).where(some(schema.relations.users.posts, eq(posts.title, "Hello")))
 */
export function some<Target extends AnyTable>(
  relation: To<Target>,
  condition?: RelatedCondition<NoInfer<Target>>,
): Expression<boolean> {
  const rows = within(relation);
  return found(rows, checkedCondition(rows, condition as RelatedCondition<AnyTable>, "some"));
}

/** Whether there is no related row that meets the condition, or none at all. */
export function none<Target extends AnyTable>(
  relation: To<Target>,
  condition?: RelatedCondition<NoInfer<Target>>,
): Expression<boolean> {
  return new NotNode(some(relation, condition)) as unknown as Expression<boolean>;
}

/** Whether all related rows meet the condition, as they do where there are none. A row for which it is NULL does not. */
export function every<Target extends AnyTable>(
  relation: To<Target>,
  condition: RelatedCondition<NoInfer<Target>>,
): Expression<boolean> {
  const rows = within(relation);
  const met = checkedCondition(rows, condition as RelatedCondition<AnyTable>, "every");
  const isMet =
    met === undefined ? ONE : new CaseNode([{ condition: met, value: ONE }], undefined, undefined);
  const other = new NullTestNode(isMet, false);
  return new NotNode(found(rows, other)) as unknown as Expression<boolean>;
}

/** How many related rows there are, or how many meet the condition. */
export function countOf<Target extends AnyTable>(
  relation: To<Target>,
  condition?: RelatedCondition<NoInfer<Target>>,
): Expression<number> {
  const rows = within(relation);
  const met = checkedCondition(rows, condition as RelatedCondition<AnyTable>, "countOf");
  return new SubqueryNode("value", rows.select(count(), met));
}

type Value<Of extends AnyExpression, Kind> = Kind extends "one"
  ? Of["~value"]
  : Of["~value"] | null;

/**
 * A value of the related row, or of all of them together: a column of `r.one`, an aggregate such as `max(…)` of `r.many`.
 * NULL where there is none.
 *
 * @throws {BuildError} `E_UNGROUPED` for what may be several values.
 * @example
 * db.from(posts).orderBy(related(schema.relations.posts.author, (author) => author.name))
 */
export function related<
  Target extends AnyTable,
  Kind extends RelationKind,
  Of extends AnyExpression,
>(
  relation: To<Target, Kind>,
  value: (row: NoInfer<Target>) => Of,
  condition?: RelatedCondition<NoInfer<Target>>,
): Expression<Value<Of, Kind>> {
  const rows = within(relation);
  const selected = value(rows.table as Target);
  if (relation.cardinality === "many" && !holdsAggregate(selected)) {
    throw new BuildError(
      "E_UNGROUPED",
      `related() of "${relation.name}" may be several values, one for each related row.`,
      { hint: "Take an aggregate of them, such as max(row.createdAt)." },
    );
  }
  const met = checkedCondition(rows, condition as RelatedCondition<AnyTable>, "related");
  return new SubqueryNode("value", rows.select(selected, met));
}
