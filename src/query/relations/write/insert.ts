import type { SelectionRecord } from "../../../ast/statement.ts";
import { InvalidValueError } from "../../../core/error.ts";
import { inTransaction } from "../../write/atomic.ts";
import { insertWork, type InsertWork } from "../../write/insert.ts";
import type { Scope } from "../../run.ts";
import type { WriteSummary } from "../../types.ts";
import { adapted, PendingWrite, ReturningWrite, type WriteWork } from "../../write/write.ts";
import { pointedAt, writeParents, writeRest } from "./apply.ts";
import { changesOf, type Values } from "./changes.ts";
import { columnsRecord } from "./rows.ts";

interface Made {
  readonly own: unknown;
  readonly pointedAt: Values;
}

/**
 * An insert of one row, with what belongs to it: all or nothing.
 *
 * @param given What `with` takes.
 */
export function relatedInsertWork(work: InsertWork, given: unknown): WriteWork {
  const { lifts, rows, scope, table } = work;
  const [row, ...others] = rows;
  if (row === undefined || others.length > 0) {
    throw new InvalidValueError(
      `with() writes one row of "${table.table}" and what belongs to it, and got ${rows.length}.`,
      { hint: "Insert the rows one by one in a transaction." },
    );
  }
  const changes = changesOf(scope, table, given, "insert");
  const needed = columnsRecord(pointedAt(changes));

  async function insert(
    inner: Scope,
    own: SelectionRecord | undefined,
    comment: string | undefined,
  ): Promise<unknown> {
    const complete = { ...row, ...(await writeParents(inner, changes)) };
    const single = adapted(insertWork(inner, table, [complete], { lifts }), { comment });
    if (own === undefined && needed.keys.length === 0) return new PendingWrite(single);
    const selection: SelectionRecord = {
      keys: own === undefined ? ["pointedAt"] : ["pointedAt", "own"],
      values: own === undefined ? [needed] : [needed, own],
      source: undefined,
    };
    const [made] = await new ReturningWrite<Made>(single, selection);
    await writeRest(inner, made!.pointedAt, changes);
    return made!.own;
  }

  async function summarize(within: Scope, comment: string | undefined): Promise<WriteSummary> {
    await inTransaction(within, (inner) => insert(inner, undefined, comment));
    return { affectedRows: 1 };
  }

  function readRows(
    within: Scope,
    returning: SelectionRecord,
    comment: string | undefined,
  ): Promise<unknown[]> {
    return inTransaction(within, async (inner) => [await insert(inner, returning, comment)]);
  }

  return adapted<WriteWork>(work, {
    isOfOne: true,
    summarize,
    readRows,
    // Each of the rows is inserted by a write of its own, which tells those who watch.
    watched: (within, _, returning, comment) =>
      returning === undefined ? summarize(within, comment) : readRows(within, returning, comment),
  });
}
