import type { Socket } from "node:net";
import { UnsupportedError } from "../../../core/error.ts";
import type { MaybePromise } from "../../../core/maybe-promise.ts";
import type {
  Cells,
  Connection,
  DriverStatement,
  NamedResult,
  WriteResult,
} from "../../../dialect/driver.ts";
import {
  endsConnection,
  endsTransaction,
  isInterrupted,
  lostBefore,
  noteCollision,
  noteRefusal,
  refusesWrites,
} from "../errors.ts";
import { MariadbCursor, type RowStream } from "./cursor.ts";
import { COLLISION, KEPT_ROWS } from "../query/conflict.ts";
import { statementsOfDeadlock } from "./deadlock.ts";
import { controlsOf, type Control } from "./control.ts";
import { withLargeBytes } from "./large-bytes.ts";
import { NO_WAIT } from "../query/query.ts";
import type { Ended, Take } from "./quick-command.ts";
import { QuickControls } from "./quick-control.ts";
import { byDriver, forDriver, QuickStatement } from "./quick-statement.ts";
import {
  firstOf,
  insertedRows,
  isRows,
  namesOf,
  onlyResultOf,
  readPlaces,
  rowsOf,
  withColumns,
  writeResultOf,
  type ResultRows,
} from "./results.ts";
import { splitScript } from "../../../dialect/text/split-script.ts";
import { MYSQL_LEXIS } from "../lexis.ts";
import type { PreparedColumn } from "../describe/columns.ts";

interface PreparedStatement {
  readonly columns: readonly PreparedColumn[];
  execute(values: readonly unknown[]): Promise<unknown>;
  executeStream(values: readonly unknown[]): RowStream;
  close(): void;
}

interface KeptStatement {
  readonly prepared: PreparedStatement;
  /** What executes it by our own loops. */
  readonly quick: QuickStatement | undefined;
}

/** The few members of a connection of the package that are used. */
export interface MariadbClient {
  query(text: string): Promise<unknown>;
  execute(text: string, values: readonly unknown[]): Promise<unknown>;
  prepare(text: string): Promise<PreparedStatement>;
  end(): Promise<void>;
  destroy(): void;
  isValid(): boolean;
  serverVersion(): string;
  /** The server's number of the connection, as it, or a proxy in between, told it. */
  readonly threadId: number | null;
  on(event: "end" | "error", listener: () => void): unknown;
}

/** Sends something. @param ended Is called when it is answered. */
type Work<Answer> = (ended: Ended) => Promise<Answer>;

/** Ends the statement of a connection, on a connection of its own. */
export type KillQuery = (threadId: number) => Promise<void>;

interface ConnectionOptions {
  readonly kill: KillQuery;
  /** Whether what is sent behind a statement's first execution also runs behind it. */
  readonly pipelinesPrepare: boolean;
  /** Whether kept statements are executed by our own loops. */
  readonly isQuick: boolean;
}

/** Statements kept prepared; the server holds 16,382 for all connections. Further ones are kept by the driver, by text. */
const MAX_KEPT = 256;
const CLOSE_TIMEOUT_MS = 5_000;

/** Commits what came before it. Source: MySQL 8.4 manual, "Statements That Cause an Implicit Commit". */
const COMMITTING =
  /^(?:\s|--.*\n|#.*\n|\/\*(?!!)[^]*?\*\/)*(?:alter|(?:create|drop)(?!\s+temporary\b)|grant|lock\s+tables?|rename|revoke|truncate)\b/i;

function ignore(): void {}

/** A connection's thread on its server. */
export interface Thread {
  readonly id: number;
  /** Tells one server from another. */
  readonly server: string;
}

export interface ConnectionDetails {
  /** Undefined where a proxy in between hides it. */
  readonly thread: Thread | undefined;
  /** What the bytes go over; undefined for a Unix socket, which doesn't go silent. */
  readonly socket: Socket | undefined;
}

export class MariadbConnection implements Connection {
  hasRefusedWrite = false;
  last: DriverStatement | undefined;
  details: ConnectionDetails = { thread: undefined, socket: undefined };
  #answeredCount = 0;
  readonly #client: MariadbClient;
  readonly #pipelinesPrepare: boolean;
  readonly #isQuick: boolean;
  #isLost = false;
  #ended: Promise<void> | undefined;
  readonly #kill: KillQuery;
  /** By the statement's id; undefined while it is being prepared. */
  #kept = new Map<number, KeptStatement | undefined>();
  /** BEGIN, COMMIT and their like by our own loops; known when a statement is. */
  #controls: QuickControls | undefined;
  #pendingCount = 0;
  /** Is fulfilled when all that was sent is answered; made where somebody waits for that. */
  #drained: Promise<void> | undefined;
  #onDrained: (() => void) | undefined;
  /** What is asked while this is set waits for it, so that the order is kept. */
  #gate: Promise<unknown> | undefined;
  /** Whether it is the statement that has the connection to itself which is asked now. */
  #isInside = false;
  /** Whose rows the server is sending. */
  #cursor: MariadbCursor | undefined;
  #isInTransaction = false;
  #isCorked = false;
  doom: unknown;

  constructor(client: MariadbClient, { kill, pipelinesPrepare, isQuick }: ConnectionOptions) {
    this.#client = client;
    this.#kill = kill;
    this.#pipelinesPrepare = pipelinesPrepare;
    this.#isQuick = isQuick;
    // An idle connection that the server ends tells it here; unheard it would end the process.
    const lose = (): void => {
      this.#isLost = true;
    };
    client.on("error", lose);
    client.on("end", lose);
  }

  get isAlive(): boolean {
    return !this.#isLost && this.#client.isValid();
  }

  /** A delete that no row can meet tells MariaDB how many it deleted, though it is to give rows back. */
  rows(statement: DriverStatement, parameters: readonly unknown[]): Promise<readonly Cells[]> {
    const { isWrite, text, untyped } = statement;
    if (isWrite && text.includes(KEPT_ROWS)) {
      return this.#runCounting(statement, parameters).then(([rows]) =>
        readPlaces(insertedRows(rows as ResultRows), untyped),
      );
    }
    if (untyped.length === 0)
      return this.#run(statement, parameters, rowsOf) as Promise<readonly Cells[]>;
    return this.#run(statement, parameters, withColumns).then((rows) =>
      isRows(rows) ? readPlaces(rows, untyped) : [],
    );
  }

  row(statement: DriverStatement, parameters: readonly unknown[]): Promise<Cells | undefined> {
    if (statement.isWrite || statement.untyped.length > 0)
      return this.rows(statement, parameters).then(([first]) => first);
    return this.#run(statement, parameters, firstOf) as Promise<Cells | undefined>;
  }

  write(statement: DriverStatement, parameters: readonly unknown[]): Promise<WriteResult> {
    if (!statement.text.includes(KEPT_ROWS))
      return this.#run(statement, parameters, writeResultOf) as Promise<WriteResult>;
    return this.#runCounting(statement, parameters).then(([answer, keptCount]) => {
      const result = writeResultOf(answer);
      return { ...result, affectedRows: result.affectedRows - keptCount, keptRows: keptCount };
    });
  }

  async named(statement: DriverStatement, parameters: readonly unknown[]): Promise<NamedResult> {
    this.#refuseCommitting(statement.text);
    this.last = statement;
    // Not every statement can be prepared, so one without values isn't.
    const answer = onlyResultOf(
      await (parameters.length === 0
        ? this.#query(statement.text)
        : this.#run(statement, parameters, withColumns)),
    );
    if (!isRows(answer))
      return { names: [], rows: [], affectedRows: writeResultOf(answer).affectedRows };
    const names = namesOf(answer);
    const places = names.map((_, place) => place);
    return { names, rows: readPlaces(answer, places), affectedRows: answer.length };
  }

  async cursor(
    statement: DriverStatement,
    parameters: readonly unknown[],
    isNamed: boolean,
  ): Promise<MariadbCursor> {
    this.last = statement;
    const leave = (): void => {
      if (this.#cursor === cursor) this.#cursor = undefined;
    };
    const cursor = new MariadbCursor({
      execute: () =>
        this.#sendSlow(true, async () => {
          this.#cursor = cursor;
          const { text } = withLargeBytes(statement, parameters);
          const prepared = await this.#client.prepare(text);
          const stream = prepared.executeStream(forDriver(parameters));
          // The driver keeps it by its text.
          prepared.close();
          return stream;
        }),
      places: isNamed ? undefined : statement.untyped,
      leave,
      abandon: (ended) => {
        leave();
        this.#holdUntil(this.#abandon(ended));
      },
    });
    return cursor;
  }

  /** Ends a statement whose rows nobody wants; what is sent next waits for it. */
  async #abandon(ended: Promise<void>): Promise<void> {
    const timer = setTimeout(() => this.#client.destroy(), CLOSE_TIMEOUT_MS);
    try {
      await this.cancel();
    } catch {
      // Then the rest comes, and is dropped.
    }
    await ended;
    clearTimeout(timer);
  }

  script(text: string): Promise<void> {
    const controls = controlsOf(text);
    if (controls === undefined) return this.#runScript(text);
    const [only] = controls;
    if (only !== undefined && controls.length === 1) return this.#control(only);
    // Those that belong together, as the level of a transaction and its beginning, are sent together.
    return Promise.all(controls.map((control) => this.#control(control))).then(ignore);
  }

  async #runScript(text: string): Promise<void> {
    const statements = splitScript(text, MYSQL_LEXIS).map((statement) => statement.text);
    for (const statement of statements) this.#refuseCommitting(statement);
    for (const statement of statements) await this.#query(statement);
  }

  /** A connection that does nothing when it is told forgets it: the server marks statements, not connections. */
  async cancel(): Promise<void> {
    const { threadId } = this.#client;
    if (threadId !== null) await this.#kill(threadId);
  }

  async alone<Result>(work: () => MaybePromise<Result>): Promise<Result> {
    const answer = (this.#gate ?? this.#whenDrained()).then(() => {
      this.#isInside = true;
      try {
        return work();
      } finally {
        this.#isInside = false;
      }
    });
    this.#holdUntil(answer.then(ignore, ignore));
    return answer;
  }

  async deadlockStatements(): Promise<readonly string[]> {
    try {
      const [cells] = await this.ask("show engine innodb status");
      return statementsOfDeadlock(String(cells?.[2]), Number(this.#client.threadId));
    } catch (error) {
      // It is for those with the privilege PROCESS.
      if (this.isAlive) return [];
      throw error;
    }
  }

  /** The rows of a text without values. */
  async ask(text: string): Promise<ResultRows> {
    return (await this.#client.query(text)) as ResultRows;
  }

  /** The columns of a statement that isn't run. */
  describe(text: string): Promise<readonly PreparedColumn[]> {
    return this.#sendSlow(false, async () => {
      const prepared = await this.#client.prepare(text);
      prepared.close();
      return prepared.columns;
    });
  }

  forget(): void {
    const kept = this.#kept;
    this.#kept = new Map();
    for (const statement of kept.values()) statement?.prepared.close();
  }

  get waitingFor(): number | undefined {
    return this.#pendingCount > 0 ? this.#answeredCount : undefined;
  }

  cut(): void {
    this.#isLost = true;
    const { socket } = this.details;
    // The driver's own way opens a second connection first, to a server that may not answer.
    if (socket === undefined) this.#client.destroy();
    else socket.destroy(Object.assign(new Error("cut"), { code: "ECONNRESET", errno: -104 }));
  }

  close(): Promise<void> {
    this.#isLost = true;
    this.#ended ??= endWithin(this.#client, CLOSE_TIMEOUT_MS);
    return this.#ended;
  }

  /** A ROLLBACK would be told done, and undo nothing. */
  #refuseCommitting(text: string): void {
    if (!this.#isInTransaction || !COMMITTING.test(text)) return;
    throw new UnsupportedError({
      dialect: "MySQL",
      feature: "changing tables inside a transaction, as that commits it",
      instead: "Change them before the transaction, or after it.",
    });
  }

  #control({ text, packet, isBegin, isCommit, isRollback }: Control): Promise<void> {
    const work = (ended: Ended): Promise<void> => {
      if (isBegin) this.#isInTransaction = true;
      if (isRollback || isCommit) this.#isInTransaction = false;
      if (this.#controls === undefined)
        return byDriver(this.#client.query(text), ignore, ended) as Promise<void>;
      return this.#controls.run(text, packet, ended);
    };
    return this.#send(!isBegin, work, isRollback);
  }

  #query(text: string): Promise<unknown> {
    return this.#sendSlow(true, () => this.#client.query(text));
  }

  #run(statement: DriverStatement, parameters: readonly unknown[], take: Take): Promise<unknown> {
    this.last = statement;
    const answer = this.#send(statement.isWrite, (ended) =>
      statement.text.endsWith(NO_WAIT)
        ? this.#executeNoWait(statement, parameters, take, ended)
        : this.#execute(statement, parameters, take, ended),
    );
    if (statement.isWrite) noteCollisions(answer, statement);
    return answer;
  }

  #sendSlow<Answer>(isWrite: boolean, work: () => Promise<Answer>): Promise<Answer> {
    return this.#send(isWrite, (ended) => {
      const answer = work();
      answer.then(() => ended(), ended);
      return answer;
    });
  }

  /**
   * Sends now what may be sent now. Inside a transaction a write waits for the answers to all before it: when one of them
   * ended the transaction, as a deadlock does, the server would run the write by itself and commit it.
   */
  #send<Answer>(isWrite: boolean, work: Work<Answer>, isRollback = false): Promise<Answer> {
    if (this.#cursor !== undefined) return Promise.reject(busyReading());
    if (this.#isInside) return this.#track(work, isRollback);
    const isBehind = isWrite && this.#isInTransaction && this.#pendingCount > 0;
    const before = this.#gate ?? (isBehind ? this.#whenDrained() : undefined);
    if (before === undefined) return this.#track(work, isRollback);
    const answer = before.then(() => this.#track(work, isRollback));
    this.#holdUntil(answer.then(ignore, ignore));
    return answer;
  }

  #track<Answer>(work: Work<Answer>, isRollback: boolean): Promise<Answer> {
    if (isRollback) this.doom = undefined;
    // The error is thrown as it came, so that whoever goes on learns why nothing was executed.
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors
    if (this.doom !== undefined) return Promise.reject(this.doom);
    if (!this.isAlive) return Promise.reject(lostBefore());
    // What a transaction asks one by one goes out at once.
    if (!this.#isInTransaction || this.#pendingCount > 0) this.#cork();
    this.#pendingCount++;
    return work(this.#isInTransaction ? this.#onAnswerInside : this.#onAnswer);
  }

  readonly #onAnswer: Ended = (error) => {
    this.#answeredCount++;
    if (error !== undefined) {
      if (refusesWrites(error)) this.hasRefusedWrite = true;
      if (endsConnection(error)) this.#isLost = true;
    }
    if (--this.#pendingCount > 0) return;
    this.#onDrained?.();
    this.#onDrained = undefined;
    this.#drained = undefined;
  };

  readonly #onAnswerInside: Ended = (error) => {
    if (error !== undefined && endsTransaction(error)) this.doom = error;
    this.#onAnswer(error);
  };

  #whenDrained(): Promise<void> {
    if (this.#pendingCount === 0) return Promise.resolve();
    this.#drained ??= new Promise((resolve) => (this.#onDrained = resolve));
    return this.#drained;
  }

  /** What is asked within one tick goes out together at its end: each write of its own would cost as much as all else. */
  #cork(): void {
    const { socket } = this.details;
    if (socket === undefined || this.#isCorked) return;
    this.#isCorked = true;
    socket.cork();
    process.nextTick(() => {
      this.#isCorked = false;
      socket.uncork();
    });
  }

  #holdUntil(settled: Promise<void>): void {
    this.#gate = settled;
    void settled.then(() => {
      if (this.#gate === settled) this.#gate = undefined;
    });
  }

  #execute(
    asked: DriverStatement,
    parameters: readonly unknown[],
    take: Take,
    ended: Ended,
  ): Promise<unknown> {
    const statement = withLargeBytes(asked, parameters);
    const kept = this.#kept.get(statement.id);
    if (kept !== undefined) {
      return kept.quick === undefined
        ? byDriver(kept.prepared.execute(forDriver(parameters)), take, ended)
        : kept.quick.execute(parameters, take, ended);
    }
    const executed = this.#client.execute(statement.text, forDriver(parameters));
    if (!this.#pipelinesPrepare) this.#holdUntil(executed.then(ignore, ignore));
    const isNew = !this.#kept.has(statement.id) && this.#kept.size < MAX_KEPT;
    if (statement.isKept && isNew) void this.#keep(statement, executed);
    return byDriver(executed, take, ended);
  }

  async #executeNoWait(
    statement: DriverStatement,
    parameters: readonly unknown[],
    take: Take,
    ended: Ended,
  ): Promise<unknown> {
    try {
      return await this.#execute(statement, parameters, take, ended);
    } catch (error) {
      noteRefusal(error);
      throw error;
    }
  }

  /** What was executed once is in the driver's own cache, so that nothing is sent here. */
  async #keep({ id, text }: DriverStatement, executed: Promise<unknown>): Promise<void> {
    const kept = this.#kept;
    kept.set(id, undefined);
    try {
      await executed;
      const prepared = await this.#client.prepare(text);
      const quick = this.#isQuick ? new QuickStatement(prepared) : undefined;
      if (quick !== undefined) this.#controls ??= new QuickControls(quick.conn, this.#client);
      if (this.#kept === kept) kept.set(id, { prepared, quick });
      else prepared.close();
    } catch {
      // Whoever executed it has the error; the next execution tries again.
      kept.delete(id);
    }
  }

  /** With how many rows of the insert were there already. */
  #runCounting(
    statement: DriverStatement,
    parameters: readonly unknown[],
  ): Promise<[answer: unknown, keptCount: number]> {
    this.last = statement;
    const answer = this.#sendSlow(true, () => {
      const counted = this.#executeCounting(statement, parameters);
      if (!this.#pipelinesPrepare) this.#holdUntil(counted.then(ignore, ignore));
      return counted;
    });
    noteCollisions(answer, statement);
    return answer;
  }

  async #executeCounting(
    statement: DriverStatement,
    parameters: readonly unknown[],
  ): Promise<[answer: unknown, keptCount: number]> {
    const reset = this.#client.query(`set ${KEPT_ROWS} = 0`);
    const executed = this.#execute(statement, parameters, withColumns, ignore);
    if (!this.#pipelinesPrepare) await Promise.all([reset, executed]);
    const count = (): Promise<unknown> => this.#client.query(`select ${KEPT_ROWS}`);
    // A request to end the insert that comes too late for it must not make a failure of what is done.
    const counted = count().catch((error: unknown) => {
      if (isInterrupted(error)) return count();
      throw error;
    });
    const [, answer, rows] = await Promise.all([reset, executed, counted]);
    return [answer, Number((rows as ResultRows)[0]?.[0])];
  }
}

/** The server sends the rows of one statement to their end before it answers another on the same connection. */
function busyReading(): UnsupportedError {
  return new UnsupportedError({
    dialect: "MySQL",
    feature: "another statement in a transaction while a stream of it is read",
    instead:
      "Read the stream to its end first, or leave it; read it outside of the transaction with db; or await the query, " +
      "which reads all of its rows at once.",
  });
}

function noteCollisions(answer: Promise<unknown>, { text }: DriverStatement): void {
  if (text.includes(COLLISION)) answer.catch(noteCollision);
}

/** Waits for what is under way, but not for ever. */
async function endWithin(client: MariadbClient, timeoutMs: number): Promise<void> {
  const timer = setTimeout(() => client.destroy(), timeoutMs);
  try {
    await client.end();
  } catch {
    // The connection is gone, which is what was wanted.
  } finally {
    clearTimeout(timer);
  }
}
