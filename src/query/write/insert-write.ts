import { ownThen } from "../runnable.ts";
import type { Column } from "../../schema/column.ts";
import type { AnySchema } from "../../schema/schema.ts";
import type { AnyTable, NameOf } from "../../schema/table.ts";
import { loadedRelations } from "../relations/load-code.ts";
import { refuseRelations } from "../relations/unknown.ts";
import type { RelatedInserts } from "../relations/write/types.ts";
import type { WriteSummary } from "../types.ts";
import { ConflictBuilder } from "./conflict.ts";
import type { InsertWork } from "./insert.ts";
import { refuseMoves } from "./scope-values.ts";
import { adapted, PendingWrite } from "./write.ts";

/** An insert with its rows; `onConflict` says what happens to rows that exist. */
export class InsertWrite<T extends AnyTable, S extends AnySchema = AnySchema> extends PendingWrite<
  T,
  WriteSummary
> {
  readonly #work: InsertWork;

  constructor(work: InsertWork) {
    super(work);
    this.#work = work;
  }

  /**
   * What happens when a row with the same key exists.
   *
   * @param columns The unique or primary key that is meant; none means any key.
   */
  onConflict(...columns: readonly Column<NameOf<T>, unknown>[]): ConflictBuilder<T> {
    const { scope, table, lifts } = this.#work;
    return new ConflictBuilder(table, columns, (conflict) => {
      const { comment } = this.work;
      refuseMoves(scope, table, conflict.set ?? [], lifts);
      const meeting = this.#work.meeting(conflict);
      return new PendingWrite(comment === undefined ? meeting : adapted(meeting, { comment }));
    });
  }

  /**
   * Writes what belongs to the row, too, and what it belongs to: by the names of relations, to any depth, all or nothing.
   * The keys between them are set by themselves.
   *
   * @throws {BuildError} `E_UNKNOWN_RELATION`
   * @throws {NotFoundError} from the awaited write, when a row to connect isn't there.
   * @example
   * await db.insert(posts).values({ title }).with({ author: { connect: userId }, tags: { create: [{ name: "new" }], connect: [3] } });
   */
  with(related: RelatedInserts<S, T>): PendingWrite<T, WriteSummary> {
    const { comment, scope, table } = this.work;
    const code = loadedRelations();
    if (code === undefined) refuseRelations(scope.plans.schema, table, related);
    const work = code === undefined ? this.#work : code.relatedInsertWork(this.#work, related);
    return new PendingWrite(adapted(work, { comment }));
  }
}
ownThen(InsertWrite);
