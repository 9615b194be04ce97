/** The one session of PGlite. It runs in this process, so that every question is answered when it is asked. */

import { DbError } from "../../../core/error.ts";
import type { MaybePromise } from "../../../core/maybe-promise.ts";
import type {
  Cells,
  Connection,
  DriverStatement,
  NamedResult,
  WriteResult,
} from "../../../dialect/driver.ts";
import { namedResultOf, portalReader, readPlaces, writeResultOf } from "../connection/answer.ts";
import type { Answer, PortalQuestion, Question } from "../connection/exchange.ts";
import { Fate } from "../connection/fate.ts";
import { KeptStatements } from "../connection/kept-statements.ts";
import {
  portalQuestion,
  scriptQuestion,
  statementQuestion,
  unnamed,
} from "../connection/question.ts";
import { isFatal, isStale, lostBefore } from "../errors.ts";
import { PgliteCursor } from "./cursor.ts";
import type { Pglite } from "./driver-pglite.ts";
import { PgliteWire, type StatementShape } from "./wire.ts";

export class PgliteConnection implements Connection {
  isAlive = true;
  readonly waitingFor = undefined;
  readonly hasRefusedWrite = false;
  readonly #pglite: Pglite;
  readonly #wire: PgliteWire;
  readonly #kept = new KeptStatements();
  readonly #fate = new Fate();
  readonly #onClose: () => void;
  /** That which reads in a transaction of its own. */
  #reading: PgliteCursor | undefined;
  #closed: Promise<void> | undefined;

  constructor(pglite: Pglite, onClose: () => void) {
    this.#pglite = pglite;
    this.#wire = new PgliteWire(pglite);
    this.#onClose = onClose;
  }

  get doom(): unknown {
    return this.#fate.doom;
  }

  rows(statement: DriverStatement, parameters: readonly unknown[]): readonly Cells[] {
    const { untyped } = statement;
    const answer = this.#run(statement, parameters, untyped.length > 0);
    return untyped.length === 0 ? answer.found : readPlaces(answer, untyped);
  }

  row(statement: DriverStatement, parameters: readonly unknown[]): Cells | undefined {
    return this.rows(statement, parameters)[0];
  }

  write(statement: DriverStatement, parameters: readonly unknown[]): WriteResult {
    return writeResultOf(this.#run(statement, parameters, false));
  }

  named(statement: DriverStatement, parameters: readonly unknown[]): NamedResult {
    return namedResultOf(this.#run(statement, parameters, true));
  }

  /**
   * Outside of a transaction it reads in one of its own, which ends when somebody else wants the session: the rest of
   * the rows is in memory then.
   */
  cursor(
    statement: DriverStatement,
    parameters: readonly unknown[],
    isNamed: boolean,
  ): PgliteCursor {
    const { isInTransaction } = this.#wire;
    const isReadOnly = isNamed || !statement.isWrite;
    const cursor: PgliteCursor = new PgliteCursor({
      question: portalQuestion(statement, parameters),
      read: portalReader(statement.untyped, isNamed),
      ask: (question) => this.#askFor(cursor, question),
      begin: isInTransaction ? () => {} : () => this.#beginFor(cursor, isReadOnly),
      end: isInTransaction ? undefined : (isFailed) => this.#endFor(isFailed),
    });
    return cursor;
  }

  script(text: string): void {
    const { tag } = this.ask(scriptQuestion(text));
    this.#fate.afterScript(text, tag);
  }

  /** Asks and gives the whole answer. */
  ask(question: PortalQuestion | Question): Answer {
    this.#reading?.readRest();
    return this.#ask(question);
  }

  /** What the server says of a statement that it doesn't run. */
  describe(text: string): StatementShape {
    this.#reading?.readRest();
    return this.#asking(() => this.#wire.describe(text));
  }

  async image(): Promise<Uint8Array> {
    this.#reading?.readRest();
    const blob = await this.#pglite.instance.dumpDataDir("none");
    return new Uint8Array(await blob.arrayBuffer());
  }

  /** What runs in this process is done before anybody can ask. */
  cancel(): void {}

  alone<Result>(work: () => MaybePromise<Result>): MaybePromise<Result> {
    return work();
  }

  forget(): void {
    this.#kept.clear();
  }

  cut(): void {
    void this.close();
  }

  close(): Promise<void> {
    this.#reading?.close();
    this.isAlive = false;
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    try {
      await this.#pglite.instance.close();
    } catch {
      // It is gone, which is what was wanted.
    } finally {
      this.#onClose();
    }
  }

  #run(statement: DriverStatement, parameters: readonly unknown[], isDescribed: boolean): Answer {
    const question = statementQuestion(this.#kept, statement, parameters, isDescribed);
    const { kept, name } = question;
    if (kept === undefined) return this.ask(question);
    try {
      const answer = this.ask(question);
      kept.isReady = true;
      return answer;
    } catch (error) {
      const isGone = isStale(error);
      if (isGone || !question.isParsed) this.#kept.drop(kept, name);
      // Nothing was executed. Inside a transaction all that came before is lost as well.
      if (isGone && !this.#wire.isInTransaction) return this.ask(unnamed(question));
      throw error;
    }
  }

  #ask(question: PortalQuestion | Question): Answer {
    return this.#asking(() => this.#wire.ask(question));
  }

  #asking<Result>(ask: () => Result): Result {
    if (!this.isAlive) throw lostBefore();
    try {
      return ask();
    } catch (error) {
      if (error instanceof DbError) throw error;
      if (isFatal(error)) this.isAlive = false;
      throw this.#fate.afterFailure(error, this.#wire.isInTransaction);
    }
  }

  #askFor(cursor: PgliteCursor, question: PortalQuestion): Answer {
    return this.#reading === cursor ? this.#ask(question) : this.ask(question);
  }

  #beginFor(cursor: PgliteCursor, isReadOnly: boolean): void {
    this.script(isReadOnly ? "begin read only" : "begin");
    this.#reading = cursor;
  }

  #endFor(isFailed: boolean): void {
    this.#reading = undefined;
    if (this.isAlive) this.script(isFailed ? "rollback" : "commit");
  }
}
