/** Soft deletes that take along what points at the rows, and restores that bring exactly that back. */

import { CompareNode, LogicNode, ValueNode, type AnyExpression } from "../../ast/expression.ts";
import { LIFT_ALL } from "../../ast/scoping.ts";
import type { Assignment, SelectionRecord, UpdateStatement } from "../../ast/statement.ts";
import { ConfigError } from "../../core/error.ts";
import { uuidv7 } from "../../core/uuid.ts";
import { referencesOf, type Reference } from "../../schema/reference.ts";
import type { AnySchema } from "../../schema/schema.ts";
import { infoOf, type AnyTableColumn, type TableInfo } from "../../schema/table.ts";
import { keepLive, liftDeleted } from "../lifts.ts";
import type { Scope } from "../run.ts";
import type { WriteSummary } from "../types.ts";
import { inTransaction } from "./atomic.ts";
import { havingValues, inParts, lockMet, type Key, type Met } from "./keyed-rows.ts";
import { kept } from "./kept.ts";
import { updateWork, type RowWork } from "./row-write.ts";
import { adapted, runWork, type WriteWork } from "./write.ts";

/** A table whose rows go with those that they point at. */
interface Follower extends Pick<Reference, "from" | "to"> {
  readonly table: TableInfo;
}

const known = new WeakMap<AnySchema, ReadonlyMap<TableInfo, readonly Follower[]>>();

function followersIn(schema: AnySchema): ReadonlyMap<TableInfo, readonly Follower[]> {
  const found = new Map<TableInfo, Follower[]>();
  for (const table of Object.values(schema.tables).map(infoOf)) {
    if (table.softDelete?.deletion === undefined) continue;
    for (const { from, onDelete, target, to } of referencesOf(table)) {
      if (onDelete !== "cascade" || target.softDelete?.deletion === undefined) continue;
      found.set(target, [...(found.get(target) ?? []), { table, from, to }]);
    }
  }
  return found;
}

/** @throws {ConfigError} where nobody knows which tables point at this one. */
function followersOf({ plans: { schema } }: Scope, table: TableInfo): readonly Follower[] {
  if (schema === undefined) {
    throw new ConfigError(
      `A delete of "${table.table}" cascades, and which tables point at it isn't known.`,
      { hint: "Pass the schema that declares them: connect(url, { schema })." },
    );
  }
  let followers = known.get(schema);
  if (followers === undefined) known.set(schema, (followers = followersIn(schema)));
  return followers.get(table) ?? [];
}

/** What must be known of rows: their keys, what they went with, and what others point at. */
function readingOf(table: TableInfo, followers: readonly Follower[]): SelectionRecord {
  const pointed = followers.flatMap(({ to }) => to);
  const values = [...new Set([...table.primaryKey, table.softDelete!.deletion!, ...pointed])];
  return { keys: values.map(({ key }) => key), values, source: undefined };
}

/** The rows of a follower that point at one of these. */
function pointingAt({ from, to }: Follower, rows: readonly Key[]): AnyExpression | undefined {
  const values = rows
    .filter((row) => to.every(({ key }) => row[key] !== null))
    .map((row) => Object.fromEntries(to.map(({ key }, place) => [from[place]!.key, row[key]])));
  return values.length === 0 ? undefined : havingValues(from, values);
}

/** How one direction goes: what is set, of which rows, and which rows of a follower go along. */
interface Direction {
  readonly action: "restore" | "soft delete";
  set(table: TableInfo): Assignment[];
  met(table: TableInfo, where: AnyExpression | undefined): Met;
  conditions(follower: Follower, rows: readonly Key[]): AnyExpression[];
}

function isEqual(column: AnyTableColumn, value: unknown): AnyExpression {
  return new CompareNode("=", column, new ValueNode(value, column.type));
}

/** @param marks What marks the rows of a table. */
function deleting(marks: (table: TableInfo) => Assignment[]): Direction {
  const deletion = uuidv7();
  return {
    action: "soft delete",
    set: (table) => [...marks(table), { column: table.softDelete!.deletion!, value: deletion }],
    met: (table, where) => ({ joins: [], where, lifts: keepLive(LIFT_ALL, table) }),
    conditions(follower, rows) {
      const where = pointingAt(follower, rows);
      return where === undefined ? [] : [where];
    },
  };
}

function restoring(cleared: (table: TableInfo) => Assignment[]): Direction {
  return {
    action: "restore",
    set: cleared,
    met: (table, where) => ({ joins: [], where, lifts: liftDeleted(LIFT_ALL, table, "only") }),
    conditions(follower, rows) {
      const byDeletion = new Map<unknown, Key[]>();
      for (const row of rows) {
        const deletion = row[(follower.to[0]!.source as TableInfo).softDelete!.deletion!.key];
        if (deletion !== null) byDeletion.set(deletion, [...(byDeletion.get(deletion) ?? []), row]);
      }
      return [...byDeletion].flatMap(([deletion, own]) => {
        const where = pointingAt(follower, own);
        if (where === undefined) return [];
        return [
          new LogicNode("and", [where, isEqual(follower.table.softDelete!.deletion!, deletion)]),
        ];
      });
    },
  };
}

/** The work for rows whose keys are known. */
function worksOf(
  scope: Scope,
  table: TableInfo,
  rows: readonly Key[],
  direction: Direction,
): RowWork[] {
  const set = direction.set(table);
  const keptBy = kept(table, set);
  return inParts(scope, table.primaryKey, rows).map((part) => {
    const met = direction.met(table, havingValues(table.primaryKey, part));
    const statement: UpdateStatement = {
      kind: "update",
      table,
      ...met,
      set: [...set, ...keptBy],
      returning: undefined,
    };
    return updateWork(scope, statement, keptBy, direction.action);
  });
}

async function follow(
  scope: Scope,
  table: TableInfo,
  rows: readonly Key[],
  direction: Direction,
): Promise<void> {
  for (const follower of followersOf(scope, table)) {
    for (const where of direction.conditions(follower, rows)) {
      const own = follower.table;
      const reading = readingOf(own, followersOf(scope, own));
      const found = await lockMet(scope, own, direction.met(own, where), reading);
      if (found.length === 0) continue;
      for (const work of worksOf(scope, own, found, direction))
        await runWork(work, scope, undefined, undefined);
      await follow(scope, own, found, direction);
    }
  }
}

/** @param work Of the rows themselves, as it would be without followers. */
function cascading(work: RowWork, direction: Direction): RowWork {
  const { rows: statement, table } = work;

  /** All of it is one transaction. @param run Does to rows of the table what is done. */
  function together<Result>(
    within: Scope,
    run: (inner: Scope, works: readonly RowWork[]) => Promise<Result>,
  ): Promise<Result> {
    return inTransaction(within, async (inner) => {
      const reading = readingOf(table, followersOf(inner, table));
      const found = await lockMet(inner, table, statement, reading);
      const result = await run(inner, worksOf(inner, table, found, direction));
      await follow(inner, table, found, direction);
      return result;
    });
  }

  const summarized = async (
    works: readonly RowWork[],
    run: (work: RowWork) => unknown,
  ): Promise<WriteSummary> => {
    let affectedRows = 0;
    for (const one of works) affectedRows += ((await run(one)) as WriteSummary).affectedRows;
    return { affectedRows };
  };
  const gathered = async (
    works: readonly RowWork[],
    run: (work: RowWork) => unknown,
  ): Promise<unknown[]> => {
    const rows: unknown[] = [];
    for (const one of works) rows.push(...((await run(one)) as unknown[]));
    return rows;
  };
  const watched: WriteWork["watched"] = (within, watch, returning, comment) =>
    together<WriteSummary | unknown[]>(within, (inner, works) => {
      const run = (one: RowWork): unknown => one.watched(inner, watch, returning, comment);
      return returning === undefined ? summarized(works, run) : gathered(works, run);
    });
  return adapted(work, {
    watched,
    narrowed: (condition) => cascading(work.narrowed(condition), direction),
    summarize: (within, comment) =>
      together(within, (inner, works) => summarized(works, (one) => one.summarize(inner, comment))),
    readRows: (within, returning, comment) =>
      together(within, (inner, works) =>
        gathered(works, (one) => one.readRows(inner, returning, comment)),
      ),
  });
}

/** A soft delete that takes along what points at the rows by a foreign key with `onDelete: "cascade"`. */
export function cascadingDelete(work: RowWork, marks: (table: TableInfo) => Assignment[]): RowWork {
  return cascading(work, deleting(marks));
}

/** A restore of rows with what was deleted together with them. */
export function cascadingRestore(
  work: RowWork,
  cleared: (table: TableInfo) => Assignment[],
): RowWork {
  return cascading(work, restoring(cleared));
}
