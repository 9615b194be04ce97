/** Relations as they are declared. */

import { call, code, list, options, type Code } from "./code.ts";
import { memberOf } from "../quote.ts";
import type { RelatedTable, RelationPlan } from "./relation-plan.ts";

function columnsCode(of: RelatedTable, columns: readonly string[]): Code {
  const named = columns.map((column) => code(memberOf(of.constant, of.keyOf(column))));
  return named.length === 1 ? named[0]! : list(named);
}

function throughCode({ columns, table }: RelationPlan["through"] & {}): Code {
  if (columns === undefined) return code(table.constant);
  return options({
    table: code(table.constant),
    from: columnsCode(table, [columns[0]]),
    to: columnsCode(table, [columns[1]]),
  })!;
}

/**
 * `r.many(posts)`
 *
 * @param relate The name of what `defineSchema` hands over.
 */
export function relationCode(
  { cardinality, isNamed, key, target, through }: RelationPlan,
  relate = "r",
): Code {
  const given = options({
    on: isNamed === true && key !== undefined ? columnsCode(key.of, key.columns) : undefined,
    through: through && throughCode(through),
  });
  return call(`${relate}.${cardinality}`, code(target.constant), given);
}
