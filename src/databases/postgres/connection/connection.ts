/** One connection: which question is asked how, and what becomes of its answer. */

import { DbError } from "../../../core/error.ts";
import type { MaybePromise } from "../../../core/maybe-promise.ts";
import type {
  Cells,
  Connection,
  DriverStatement,
  NamedResult,
  NoticeListener,
  WriteResult,
} from "../../../dialect/driver.ts";
import { sendCancel, type BackendKey, type CancelTarget } from "./cancel.ts";
import { PgCursor } from "./cursor.ts";
import { isFatal, isMisunderstood, isStale, lostBefore, refusesWrites } from "../errors.ts";
import { namedResultOf, portalReader, readPlaces, writeResultOf } from "./answer.ts";
import type { Answer, ExchangeClass, PgWire, Question } from "./exchange.ts";
import { Fate } from "./fate.ts";
import { KeptStatements } from "./kept-statements.ts";
import { portalQuestion, scriptQuestion, statementQuestion, unnamed } from "./question.ts";

/** The few members of pg's client that are used. */
export interface PgClient extends BackendKey {
  readonly connection: PgWire;
  connect(): Promise<unknown>;
  query(exchange: object): unknown;
  end(): Promise<void>;
  on(event: "end" | "error" | "notification", listener: () => void): unknown;
  /** How the last answer left the session: `"I"` is outside a transaction. */
  getTransactionStatus(): string | null;
  /** Whether a query is sent while others wait for their answers; versions before 8.23 don't know of it. */
  readonly pipeline?: boolean;
}

export interface ConnectionSettings extends CancelTarget {
  readonly isPrepared: boolean;
}

/** A question under way. */
interface Call<Result> {
  readonly question: Question;
  readonly finish: (answer: Answer) => Result;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/** A connection's process on its server. */
export interface Backend {
  readonly processId: number;
  /** Tells one server from another, and from itself before a restart. */
  readonly server: string;
}

const CLOSE_TIMEOUT_MS = 5_000;

const rowsOf = ({ found }: Answer): readonly Cells[] => found;
const firstRowOf = ({ found }: Answer): Cells | undefined => found[0];

function ignore(): void {}

export class PgConnection implements Connection {
  isAlive = true;
  readonly #fate = new Fate();
  hasRefusedWrite = false;
  last: DriverStatement | undefined;
  #backend: Backend | undefined;
  #askedCount = 0;
  #answeredCount = 0;
  readonly #client: PgClient;
  readonly #Exchange: ExchangeClass;
  readonly #kept: KeptStatements | undefined;
  readonly #target: CancelTarget;
  #ended: Promise<void> | undefined;
  /** What is asked while this is set waits for it: a statement has the connection to itself. */
  #gate: Promise<void> | undefined;
  /** Whether it is that statement which is asked now. */
  #isInside = false;

  constructor(client: PgClient, Exchange: ExchangeClass, settings: ConnectionSettings) {
    this.#client = client;
    this.#Exchange = Exchange;
    this.#target = settings;
    this.#kept = settings.isPrepared ? new KeptStatements() : undefined;
    // An idle connection that the server ends tells it here; unheard it would end the process.
    const lose = (): void => {
      this.isAlive = false;
    };
    client.on("error", lose);
    client.on("end", lose);
  }

  rows(statement: DriverStatement, parameters: readonly unknown[]): Promise<readonly Cells[]> {
    const { untyped } = statement;
    if (untyped.length === 0) return this.#run(statement, parameters, false, rowsOf);
    return this.#run(statement, parameters, true, (answer) => readPlaces(answer, untyped));
  }

  row(statement: DriverStatement, parameters: readonly unknown[]): Promise<Cells | undefined> {
    const { untyped } = statement;
    if (untyped.length === 0) return this.#run(statement, parameters, false, firstRowOf);
    return this.#run(statement, parameters, true, (answer) => readPlaces(answer, untyped)[0]);
  }

  write(statement: DriverStatement, parameters: readonly unknown[]): Promise<WriteResult> {
    return this.#run(statement, parameters, false, writeResultOf);
  }

  named(statement: DriverStatement, parameters: readonly unknown[]): Promise<NamedResult> {
    return this.#run(statement, parameters, true, namedResultOf);
  }

  cursor(statement: DriverStatement, parameters: readonly unknown[], isNamed: boolean): PgCursor {
    this.last = statement;
    return new PgCursor(
      portalQuestion(statement, parameters),
      (asked) => this.#ask(asked, (answer) => answer),
      portalReader(statement.untyped, isNamed),
    );
  }

  script(text: string): Promise<void> {
    return this.#ask(scriptQuestion(text), ({ tag }) => this.#fate.afterScript(text, tag));
  }

  /** Like `script`, but with the rows of its last statement. */
  async ask(text: string): Promise<readonly Cells[]> {
    return this.#ask({ ...scriptQuestion(text), isScript: false }, rowsOf);
  }

  cancel(): Promise<void> {
    return sendCancel(this.#target, this.#client);
  }

  async alone<Result>(work: () => MaybePromise<Result>): Promise<Result> {
    const before = this.#gate ?? this.script("");
    // Every answer comes in its turn, so that to an empty text tells that there is nothing before it.
    const answer = before.then(ignore, ignore).then(() => {
      this.#isInside = true;
      try {
        return work();
      } finally {
        this.#isInside = false;
      }
    });
    const gate = answer.then(ignore, ignore);
    this.#gate = gate;
    void gate.then(() => {
      if (this.#gate === gate) this.#gate = undefined;
    });
    return answer;
  }

  forget(): void {
    this.#kept?.clear();
  }

  get doom(): unknown {
    return this.#fate.doom;
  }

  /** Hears what others send; undefined where a pooler in between hides which session this is, so that it passes nothing on. */
  async listen(
    channel: string,
    { onNotice, onLost }: NoticeListener,
  ): Promise<(() => void) | undefined> {
    if (this.#backend === undefined) return undefined;
    let isEnded = false;
    this.#client.on("notification", onNotice);
    this.#client.on("end", () => {
      if (!isEnded) onLost();
    });
    await this.script(`listen "${channel}"`);
    return () => {
      isEnded = true;
      void this.close();
    };
  }

  /** What the server knows the connection by; undefined where a pooler in between hides that. */
  get backend(): Backend | undefined {
    return this.#backend;
  }

  /** @param cells The process and the server, as the server says. */
  setBackend(cells: Cells | undefined): void {
    const [processId, server] = cells ?? [];
    if (Number(processId) !== this.#client.processID) return;
    this.#backend = { processId: Number(processId), server: String(server) };
  }

  get waitingFor(): number | undefined {
    return this.#askedCount > this.#answeredCount ? this.#answeredCount : undefined;
  }

  cut(): void {
    this.isAlive = false;
    this.#client.connection.stream.destroy();
  }

  close(): Promise<void> {
    this.isAlive = false;
    this.#ended ??= endWithin(this.#client, CLOSE_TIMEOUT_MS);
    return this.#ended;
  }

  /** @param isDescribed Whether the answer needs the names or types of its columns. */
  #run<Result>(
    statement: DriverStatement,
    parameters: readonly unknown[],
    isDescribed: boolean,
    finish: (answer: Answer) => Result,
  ): Promise<Result> {
    this.last = statement;
    const question = statementQuestion(this.#kept, statement, parameters, isDescribed);
    return new Promise((resolve, reject) => {
      this.#send({ question, finish, resolve, reject });
    });
  }

  #ask<Result>(question: Question, finish: (answer: Answer) => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#send({ question, finish, resolve, reject });
    });
  }

  #send<Result>(call: Call<Result>): void {
    if (this.#gate !== undefined && !this.#isInside) {
      void this.#gate.then(() => this.#send(call));
      return;
    }
    const { question, finish, resolve, reject } = call;
    const { kept } = question;
    if (!this.isAlive) {
      reject(lostBefore());
      return;
    }
    this.#askedCount++;
    const exchange = new this.#Exchange(question, (error, answer) => {
      this.#answeredCount++;
      if (error !== undefined) {
        this.#fail(call, error);
        return;
      }
      if (kept !== undefined && kept.name === question.name) kept.isReady = true;
      try {
        resolve(finish(answer));
      } catch (unreadable) {
        reject(unreadable);
      }
    });
    if (!this.#isAlone(question)) corkTick(this.#client.connection.stream);
    this.#client.query(exchange);
  }

  /** Whether it is a message of a transaction behind which nothing waits, which goes out at once. */
  #isAlone({ closing, isDescribed, isParsed, isScript }: Question): boolean {
    if (this.#askedCount - this.#answeredCount > 1) return false;
    const isOneMessage = isScript || (isParsed && !isDescribed && closing.length === 0);
    return isOneMessage && this.#client.getTransactionStatus() !== "I";
  }

  #fail<Result>(call: Call<Result>, error: unknown): void {
    const { question, reject } = call;
    const { kept } = question;
    const isGone =
      kept !== undefined && (isStale(error) || (question.isParsed && isMisunderstood(error)));
    if (kept !== undefined && (isGone || !question.isParsed)) this.#kept?.drop(kept, question.name);
    // Nothing was executed, so nothing is done twice. Inside a transaction all that came before is lost as well. The
    // state is that of the last answer, so the one in which this statement ran.
    if (isGone && this.#client.getTransactionStatus() === "I") {
      this.#send({ ...call, question: unnamed(question) });
      return;
    }
    if (error instanceof DbError) {
      reject(error);
      return;
    }
    if (isFatal(error)) this.isAlive = false;
    else if (refusesWrites(error)) this.hasRefusedWrite = true;
    reject(this.#fate.afterFailure(error, this.#client.getTransactionStatus() !== "I"));
  }
}

/** What this tick writes to a connection goes out together at its end. */
function corkTick(stream: PgWire["stream"]): void {
  if (stream.writableCorked > 0) return;
  stream.cork();
  process.nextTick(uncork, stream);
}

function uncork(stream: PgWire["stream"]): void {
  stream.uncork();
}

/** Waits for what is under way, but not for ever. */
async function endWithin(client: PgClient, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      client.connection.stream.destroy();
      resolve();
    }, timeoutMs);
  });
  try {
    await Promise.race([client.end(), late]);
  } catch {
    // The connection is gone, which is what was wanted.
  } finally {
    clearTimeout(timer);
  }
}
