/** One connection: which question is asked how, and what becomes of its answer. */

import { DbError } from "../../../core/error.ts";
import type { MaybePromise } from "../../../core/maybe-promise.ts";
import type {
  Cells,
  Connection,
  DriverStatement,
  NamedResult,
  WriteResult,
} from "../../../dialect/driver.ts";
import { sendCancel, type BackendKey, type CancelTarget } from "./cancel.ts";
import { PgCursor } from "./cursor.ts";
import {
  connectionLost,
  isAfterFailure,
  isConflict,
  isFatal,
  isServerError,
  isStale,
  lostBefore,
  refusesWrites,
  rolledBackInstead,
} from "../errors.ts";
import type { Answer, ExchangeClass, PgWire, PortalQuestion, Question } from "./exchange.ts";
import { KeptStatements, type KeptStatement } from "./kept-statements.ts";
import { readerOf, typeIdOf, UNKNOWN, wireValue } from "../untyped.ts";

/** The few members of pg's client that are used. */
export interface PgClient extends BackendKey {
  readonly connection: PgWire;
  connect(): Promise<unknown>;
  query(exchange: object): unknown;
  end(): Promise<void>;
  on(event: "end" | "error", listener: () => void): unknown;
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
  /** Where it goes by a name. */
  readonly kept: KeptStatement | undefined;
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

/** The last word of `INSERT 0 3`; `CREATE TABLE` has no number. */
function countOf({ tag }: Answer): number {
  return Number(tag.slice(tag.lastIndexOf(" ") + 1)) || 0;
}

const writeResultOf = (answer: Answer): WriteResult => ({
  affectedRows: countOf(answer),
  insertId: undefined,
});

/** Turns cells at these places into values by the types that the server tells. */
function readPlaces(answer: Answer, places: readonly number[]): readonly unknown[][] {
  const readers = places.map((place) => readerOf(answer.fields[place]?.dataTypeID ?? UNKNOWN));
  return answer.found.map((cells) => {
    const row = [...cells];
    places.forEach((place, index) => {
      const cell = row[place];
      const read = readers[index];
      if (read !== undefined && cell !== null) row[place] = read(cell);
    });
    return row;
  });
}

function namedResultOf(answer: Answer): NamedResult {
  return {
    names: answer.fields.map((field) => field.name),
    rows: readPlaces(answer, [...answer.fields.keys()]),
    affectedRows: countOf(answer),
  };
}

const NOTHING: readonly never[] = [];

let lastPortal = 0;

function ignore(): void {}

/** `23,0`: the types of which the server is told, where there are any. */
function signatureOf(parameters: readonly unknown[]): string {
  for (const value of parameters) {
    if (typeof value !== "string" && value !== null) return parameters.map(typeIdOf).join(",");
  }
  return "";
}

export class PgConnection implements Connection {
  isAlive = true;
  doom: unknown;
  /** The first failure of the transaction under way, or of its savepoint. */
  #failure: unknown;
  hasRefusedWrite = false;
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
    const question: PortalQuestion = {
      ...scriptQuestion(statement.text),
      isScript: false,
      typeIds: parameters.map(typeIdOf),
      values: parameters.map(wireValue),
      portal: `plinth_${++lastPortal}`,
      rowCount: 0,
      step: "open",
    };
    const read = (answer: Answer): readonly Cells[] => {
      const places = isNamed ? [...answer.fields.keys()] : statement.untyped;
      return places.length === 0 ? answer.found : readPlaces(answer, places);
    };
    return new PgCursor(question, (asked) => this.#ask(asked, (answer) => answer), read);
  }

  script(text: string): Promise<void> {
    return this.#ask(scriptQuestion(text), ({ tag }) => {
      // The server answers so, without an error, when a statement of the transaction had failed.
      const isUndone = text === "commit" && tag === "ROLLBACK";
      if (isUndone) throw this.doom ?? rolledBackInstead(this.#failure);
      if (tag === "ROLLBACK") this.#failure = undefined;
      if (text === "rollback") this.doom = undefined;
    });
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
    const signature = signatureOf(parameters);
    const values = signature === "" ? (parameters as readonly string[]) : parameters.map(wireValue);
    const key = signature === "" ? statement.id : `${statement.id}:${signature}`;
    const kept = statement.isKept ? this.#kept?.use(key) : undefined;
    const name = kept?.name ?? "";
    const question: Question = {
      text: statement.text,
      isScript: false,
      name,
      isParsed: kept?.isReady === true,
      typeIds: signature === "" ? NOTHING : parameters.map(typeIdOf),
      values,
      isDescribed,
      closing: this.#kept?.takeClosing() ?? NOTHING,
    };
    return new Promise((resolve, reject) => {
      this.#send({ question, kept, finish, resolve, reject });
    });
  }

  #ask<Result>(question: Question, finish: (answer: Answer) => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#send({ question, kept: undefined, finish, resolve, reject });
    });
  }

  #send<Result>(call: Call<Result>): void {
    if (this.#gate !== undefined && !this.#isInside) {
      void this.#gate.then(() => this.#send(call));
      return;
    }
    const { question, kept, finish, resolve, reject } = call;
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
    this.#client.query(exchange);
  }

  #fail<Result>(call: Call<Result>, error: unknown): void {
    const { question, kept, reject } = call;
    const isGone = kept !== undefined && isStale(error);
    if (kept !== undefined && (isGone || !question.isParsed)) this.#kept?.drop(kept, question.name);
    // Nothing was executed, so nothing is done twice. Inside a transaction all that came before is lost as well. The
    // state is that of the last answer, so the one in which this statement ran.
    if (isGone && this.#client.getTransactionStatus() === "I") {
      const unnamed = { ...question, name: "", isParsed: false, closing: NOTHING };
      this.#send({ ...call, question: unnamed, kept: undefined });
      return;
    }
    if (error instanceof DbError) {
      reject(error);
      return;
    }
    if (isFatal(error)) this.isAlive = false;
    else if (refusesWrites(error)) this.hasRefusedWrite = true;
    if (this.#client.getTransactionStatus() !== "I") this.#noteFailure(error);
    if (isAfterFailure(error)) reject(this.doom ?? error);
    else reject(isServerError(error) ? error : connectionLost(error));
  }

  /** Whoever goes on after a conflict is told of it, not of what follows from it. */
  #noteFailure(error: unknown): void {
    if (isAfterFailure(error)) return;
    this.#failure = error;
    if (isConflict(error)) this.doom ??= error;
  }
}

function scriptQuestion(text: string): Question {
  return {
    text,
    isScript: true,
    name: "",
    isParsed: false,
    typeIds: NOTHING,
    values: NOTHING,
    isDescribed: false,
    closing: NOTHING,
  };
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
