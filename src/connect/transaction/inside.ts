/**
 * Which transaction the running code is inside of, told by its asynchronous context: so that `db` is noticed where `tx`
 * was meant, and, where somebody wants that, taken for it.
 */

import { framesAbove, programLines } from "../../core/caller.ts";
import type { MaybePromise } from "../../core/maybe-promise.ts";
import { warn } from "../../core/warning.ts";
import type {
  Cells,
  Connection,
  DriverStatement,
  NamedResult,
  WriteResult,
} from "../../dialect/driver.ts";
import type { ConnectionSource, OpenStream, Runner, StreamRequest } from "../source.ts";
import { transactionInside, TransactionRunner } from "./transaction.ts";

/** The transaction that a runner's statements are part of now, where there is one. */
export function transactionBehind(runner: Runner): TransactionRunner | undefined {
  if (runner instanceof TransactionRunner) return runner;
  return runner instanceof AmbientRunner ? runner.transaction : undefined;
}

/** Runs statements in the transaction around them, else outside of any. */
export class AmbientRunner implements Runner {
  readonly #source: ConnectionSource;

  constructor(source: ConnectionSource) {
    this.#source = source;
  }

  /** One that has ended is told, too: what outlives its transaction must not be done outside of it unnoticed. */
  get transaction(): TransactionRunner | undefined {
    return transactionInside(this.#source);
  }

  #runner(): Runner {
    return this.transaction ?? this.#source;
  }

  rows(statement: DriverStatement, parameters: readonly unknown[]): MaybePromise<readonly Cells[]> {
    return this.#runner().rows(statement, parameters);
  }

  row(statement: DriverStatement, parameters: readonly unknown[]): MaybePromise<Cells | undefined> {
    return this.#runner().row(statement, parameters);
  }

  write(statement: DriverStatement, parameters: readonly unknown[]): MaybePromise<WriteResult> {
    return this.#runner().write(statement, parameters);
  }

  named(statement: DriverStatement, parameters: readonly unknown[]): MaybePromise<NamedResult> {
    return this.#runner().named(statement, parameters);
  }

  script(text: string): MaybePromise<void> {
    return this.#runner().script(text);
  }

  alone<Result>(
    isWrite: boolean,
    work: (connection: Connection) => MaybePromise<Result>,
  ): Promise<Result> {
    return this.#runner().alone(isWrite, work);
  }

  stream(request: StreamRequest): Promise<OpenStream> {
    return this.#runner().stream(request);
  }
}

/** The places of which a warning has told, whichever database it was. */
const told = new Set<string>();

/** Runs statements outside of any transaction, and warns once of the first that stands inside of one. */
export class WatchingRunner implements Runner {
  readonly #source: ConnectionSource;
  #hasWarned = false;

  constructor(source: ConnectionSource) {
    this.#source = source;
  }

  get isWarning(): boolean {
    return !this.#hasWarned && transactionInside(this.#source)?.usable !== undefined;
  }

  /** @param called The function whose caller is told. */
  warn(called: (...parameters: never[]) => unknown): void {
    this.#hasWarned = true;
    const [frame = ""] = programLines(framesAbove(called)).filter(
      (line) => !line.startsWith("at async Promise."),
    );
    if (told.has(frame)) return;
    told.add(frame);
    warn(
      "PLINTH_OUTSIDE_TRANSACTION",
      "db was used inside db.transaction(), so what it does is no part of the transaction.",
      `Use the tx that the callback is given. It was used here, and maybe elsewhere:\n${frame}`,
    );
  }

  /** Only what is awaited from here has a stack that leads to who awaits it. */
  #warned<Result>(run: () => MaybePromise<Result>): Promise<Result> {
    const tell = (): MaybePromise<Result> => {
      this.warn(tell);
      return run();
    };
    return Promise.resolve().then(tell);
  }

  rows(statement: DriverStatement, parameters: readonly unknown[]): MaybePromise<readonly Cells[]> {
    if (this.isWarning) return this.#warned(() => this.#source.rows(statement, parameters));
    return this.#source.rows(statement, parameters);
  }

  row(statement: DriverStatement, parameters: readonly unknown[]): MaybePromise<Cells | undefined> {
    if (this.isWarning) return this.#warned(() => this.#source.row(statement, parameters));
    return this.#source.row(statement, parameters);
  }

  write(statement: DriverStatement, parameters: readonly unknown[]): MaybePromise<WriteResult> {
    if (this.isWarning) return this.#warned(() => this.#source.write(statement, parameters));
    return this.#source.write(statement, parameters);
  }

  named(statement: DriverStatement, parameters: readonly unknown[]): MaybePromise<NamedResult> {
    if (this.isWarning) return this.#warned(() => this.#source.named(statement, parameters));
    return this.#source.named(statement, parameters);
  }

  script(text: string): MaybePromise<void> {
    return this.#source.script(text);
  }

  alone<Result>(
    isWrite: boolean,
    work: (connection: Connection) => MaybePromise<Result>,
  ): Promise<Result> {
    if (this.isWarning) return this.#warned(() => this.#source.alone(isWrite, work));
    return this.#source.alone(isWrite, work);
  }

  stream(request: StreamRequest): Promise<OpenStream> {
    if (this.isWarning) return this.#warned(() => this.#source.stream(request));
    return this.#source.stream(request);
  }
}
