/** Queries of every form. The same seed makes the same query for any database. */

import {
  alias,
  and,
  asc,
  count,
  desc,
  eq,
  gt,
  isNotNull,
  isNull,
  not,
  type Executor,
  type OrderTerm,
  type SelectQuery,
} from "plinth";
import type { AnyExpression } from "../../src/ast/expression.ts";
import type { Statement } from "../../src/ast/statement.ts";
import { ExpressionMaker, fieldsOf, type Field, type Sort } from "./expressions.ts";
import { Random } from "./random.ts";
import { people, tasks } from "./tables.ts";

export interface MadeQuery extends PromiseLike<object[]> {
  readonly statement: Statement;
  toSql(): { readonly text: string };
}

export interface Generated {
  readonly query: MadeQuery;
  /** Whether the query says the order of its rows. */
  readonly isOrdered: boolean;
}

const boss = alias(people, "boss");
const SORTS: readonly Sort[] = [
  "bigint",
  "boolean",
  "date",
  "decimal",
  "enum",
  "integer",
  "text",
  "timestamp",
];

type Base = ReturnType<typeof rowsOf>;

/** Rows of one table or of joined ones, what can be read of them, and the keys that tell them apart. */
function rowsOf(
  db: Executor,
  random: Random,
  selection: (maker: ExpressionMaker) => Record<string, AnyExpression>,
) {
  const fields: Field[] = fieldsOf(people);
  const keys: AnyExpression[] = [people.id];
  const joinsTasks = random.oneIn(2);
  const joinsBoss = random.oneIn(3);
  if (joinsTasks) {
    fields.push(...fieldsOf(tasks));
    keys.push(tasks.id);
  }
  if (joinsBoss) {
    fields.push(...fieldsOf(boss));
    keys.push(boss.id);
  }
  const maker = new ExpressionMaker(db, random, fields);
  let query = db.select(selection(maker)).from(people) as never as AnyQuery;
  if (joinsTasks) {
    const on = and(
      eq(tasks.personId, people.id),
      random.oneIn(3) ? gt(tasks.points, 0) : undefined,
    );
    query = random.oneIn(3)
      ? query.innerJoin(tasks, on)
      : random.oneIn(3)
        ? query.rightJoin(tasks, on)
        : query.leftJoin(tasks, on);
  }
  if (joinsBoss) query = query.leftJoin(boss, eq(boss.id, people.bossId));
  if (!random.oneIn(4)) query = query.where(maker.condition(3));
  return { query, maker, keys };
}

/** A query whose joins are known at run time only. */
type AnyQuery = SelectQuery<Record<string, AnyExpression>, string, string>;

function selectionOf(
  maker: ExpressionMaker,
  random: Random,
  depth: number,
): Record<string, AnyExpression> {
  const members = Array.from({ length: 1 + random.below(4) }, (_, at): [string, AnyExpression] => [
    `c${at}`,
    random.oneIn(4) ? maker.condition(depth) : maker.expression(maker.sort(SORTS), depth),
  ]);
  return Object.fromEntries(members);
}

function orderOf(
  maker: ExpressionMaker,
  random: Random,
  keys: readonly AnyExpression[],
): [OrderTerm, ...OrderTerm[]] {
  const by = (key: AnyExpression): OrderTerm => {
    const term = random.pick([asc, desc])(key);
    if (!random.oneIn(3)) return term;
    return random.oneIn(2) ? term.nullsFirst() : term.nullsLast();
  };
  const last = keys.map(by) as [OrderTerm, ...OrderTerm[]];
  if (random.oneIn(3)) return last;
  const sort = maker.sort(SORTS);
  // An enum has its order as a column only.
  const term = by(maker.expression(sort, sort === "enum" ? 0 : 1));
  return [term, ...last];
}

function ordered({ query, maker, keys }: Base, random: Random): Generated {
  let made = query.orderBy(...orderOf(maker, random, keys));
  if (random.oneIn(2)) made = made.limit(random.below(20));
  if (random.oneIn(3)) made = made.limit(20).offset(random.below(9));
  return { query: made, isOrdered: true };
}

function grouped(db: Executor, random: Random): Generated {
  const groups: AnyExpression[] = [];
  const aggregates: AnyExpression[] = [];
  const { query, maker } = rowsOf(db, random, (inside) => {
    for (const sort of random.some(SORTS, 1 + random.below(2)))
      groups.push(inside.field(sort)?.column ?? people.rank);
    aggregates.push(...Array.from({ length: 1 + random.below(3) }, () => inside.aggregate(1)));
    return Object.fromEntries([...groups, ...aggregates].map((value, at) => [`c${at}`, value]));
  });
  const [first, ...others] = groups;
  let made = query.groupBy(first!, ...others);
  if (random.oneIn(3))
    made = made.having(
      random.oneIn(2) ? gt(count(), random.below(3)) : isNotNull(maker.aggregate(0)),
    );
  return { query: made, isOrdered: false };
}

function aggregated(db: Executor, random: Random): Generated {
  const { query } = rowsOf(db, random, (maker) => ({
    a: maker.aggregate(2),
    b: maker.aggregate(1),
  }));
  return { query, isOrdered: false };
}

function windowed(db: Executor, random: Random): Generated {
  const maker = new ExpressionMaker(db, random, fieldsOf(people));
  const unique = [asc(people.id)];
  const query = db
    .select({ id: people.id, a: maker.windowed(unique), b: maker.windowed(unique) })
    .from(people)
    .where(maker.condition(2));
  return { query, isOrdered: false };
}

function combined(db: Executor, random: Random): Generated {
  const sorts = random.some(SORTS, 1 + random.below(2));
  const one = (): Base["query"] => {
    const { query } = rowsOf(db, random, (maker) =>
      Object.fromEntries(sorts.map((sort, at) => [`c${at}`, maker.field(sort)!.column])),
    );
    return query;
  };
  const operator = random.pick(["union", "unionAll", "intersect", "except"] as const);
  return { query: one()[operator](one() as never) as never as MadeQuery, isOrdered: false };
}

/** A query that stands as a table in another, in the place of one or before the query. */
function nested(db: Executor, random: Random): Generated {
  const { query } = rowsOf(db, random, (maker) => ({
    ...selectionOf(maker, random, 1),
    id: people.id,
    points: people.points,
    name: people.name,
    flag: people.isNew,
    handle: people.handle,
    tags: people.tags,
    flags: people.flags,
    doc: people.doc,
  }));
  const table = random.oneIn(2) ? query.as("inner_rows") : db.with("inner_rows", query as never);
  const maker = new ExpressionMaker(db, random, fieldsOf(table));
  const outer = db
    .select(selectionOf(maker, random, 2) as Record<string, AnyExpression>)
    .from(table as never)
    .where(maker.condition(2));
  return { query: outer as never as MadeQuery, isOrdered: false };
}

const FORMS: readonly ((db: Executor, random: Random) => Generated)[] = [
  (db, random) =>
    ordered(
      rowsOf(db, random, (maker) => selectionOf(maker, random, 3)),
      random,
    ),
  (db, random) => ({
    query: rowsOf(db, random, (maker) => selectionOf(maker, random, 2)).query.distinct(),
    isOrdered: false,
  }),
  grouped,
  aggregated,
  windowed,
  combined,
  nested,
];

export function queryOf(db: Executor, seed: number): Generated {
  const random = new Random(seed);
  return random.pick(FORMS)(db, random);
}

/** All rows, and those for which a condition is true, false, and NULL. */
export function partsOf(db: Executor, seed: number): Base["query"][] {
  const random = new Random(seed);
  const { query, maker } = rowsOf(db, random, () => ({ id: people.id }));
  const condition = maker.condition(4);
  return [
    query,
    query.where(condition),
    query.where(not(condition)),
    query.where(isNull(condition)),
  ];
}
