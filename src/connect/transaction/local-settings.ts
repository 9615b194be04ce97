/**
 * Settings of the server that are of one client's statements, as policies of row-level security read them. They are set
 * until the end of a transaction, so that nobody who gets the connection later has them, behind a pooler neither.
 */

import { InvalidValueError, UnsupportedError } from "../../core/error.ts";
import type { MaybePromise } from "../../core/maybe-promise.ts";
import type { QueryDialect } from "../../dialect/dialect.ts";
import {
  nextStatementId,
  type Cells,
  type Connection,
  type DriverStatement,
  type NamedResult,
  type WriteResult,
} from "../../dialect/driver.ts";
import {
  innermostOf,
  type Engine,
  type OpenStream,
  type Runner,
  type StreamRequest,
} from "../source.ts";
import { transactionBehind } from "./inside.ts";
import { beginTransaction } from "./open-transaction.ts";
import { runTransaction, type TransactionOptions } from "./run-transaction.ts";
import { TransactionRunner, type TransactionFacts } from "./transaction.ts";

/** By their names, which have a dot in them: `"app.tenant_id"`. */
export type LocalSettings = Readonly<Record<string, string>>;

const statements = new WeakMap<QueryDialect, DriverStatement>();

function statementOf(dialect: QueryDialect): DriverStatement {
  let statement = statements.get(dialect);
  if (statement === undefined) {
    const text = dialect.localSettings!;
    const known = { isWrite: false, isKept: true, isWide: false, untyped: [0] };
    statement = { id: nextStatementId(), text, ...known };
    statements.set(dialect, statement);
  }
  return statement;
}

/**
 * @throws {UnsupportedError} where the database has no such settings.
 * @throws {InvalidValueError} for a name or a value that is none.
 */
export function checkSettings({ dialect }: Engine, given: object): LocalSettings {
  if (dialect.localSettings === undefined) {
    throw new UnsupportedError({
      dialect: dialect.name,
      feature: "settings of a client, as row-level security reads them",
      instead: "Let columns say .scope(…), and give their values by db.scoped({ … }).",
    });
  }
  const entries = Object.entries(given).map(([name, value]: [string, unknown]) => {
    const isValue = ["bigint", "boolean", "number", "string"].includes(typeof value);
    if (/^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+$/.test(name) && isValue && !String(value).includes("\0"))
      return [name, String(value)] as const;
    throw new InvalidValueError(`"${name}" is no setting with a value.`, {
      hint: 'A name has a dot in it, and a value is a text, a number or a boolean: { "app.tenant_id": tenant.id }.',
    });
  });
  return Object.freeze(Object.fromEntries(entries));
}

/** What transactions were begun with. Savepoints have the facts of the transaction around them. */
const entered = new WeakMap<TransactionFacts, LocalSettings>();

function isSame(one: LocalSettings, other: LocalSettings | undefined): boolean {
  const names = Object.keys(one);
  return (
    other !== undefined &&
    names.length === Object.keys(other).length &&
    names.every((name) => one[name] === other[name])
  );
}

/** Gives a transaction its settings, before anything else is done in it. */
export function enterSettings(
  { dialect }: Engine,
  runner: TransactionRunner,
  settings: LocalSettings,
): MaybePromise<unknown> {
  entered.set(runner.facts, settings);
  return runner.rows(statementOf(dialect), [JSON.stringify(settings)]);
}

/** What was set stays until the transaction ends, so that it can't be another client's in between. */
function requireSame(runner: TransactionRunner, settings: LocalSettings): TransactionRunner {
  if (isSame(settings, entered.get(runner.facts))) return runner;
  throw new InvalidValueError("A transaction has the settings of the client that began it.", {
    hint: "Begin it by the client with these settings: db.as(actor, { settings }).transaction(…).",
  });
}

/** Runs each statement in a transaction of its own, or in the one around, which has the same settings. */
export class SettingsRunner implements Runner {
  readonly settings: LocalSettings;
  readonly #inner: Runner;
  readonly #engine: Engine;

  /** @param inner What the client runs statements on without settings. */
  constructor(inner: Runner, engine: Engine, settings: LocalSettings) {
    this.#inner = inner instanceof SettingsRunner ? inner.#inner : inner;
    this.#engine = engine;
    this.settings = settings;
    const around = transactionBehind(this.#inner);
    if (around !== undefined) requireSame(around, settings);
  }

  /** The transaction that the statements are part of now, where there is one. */
  get around(): TransactionRunner | undefined {
    const around = transactionBehind(this.#inner);
    return around && requireSame(around, this.settings);
  }

  /** Runs work in a transaction with the settings. */
  transaction<Result>(
    options: TransactionOptions,
    work: (runner: TransactionRunner) => Promise<Result>,
  ): Promise<Result> {
    const engine = this.#engine;
    return runTransaction(engine, options, async (runner) => {
      await enterSettings(engine, runner, this.settings);
      return work(runner);
    });
  }

  async #run<Result>(work: (runner: Runner) => MaybePromise<Result>): Promise<Result> {
    const { around } = this;
    if (around !== undefined) return work(around);
    return this.transaction({}, async (runner) => work(runner));
  }

  rows(statement: DriverStatement, parameters: readonly unknown[]): Promise<readonly Cells[]> {
    return this.#run((runner) => runner.rows(statement, parameters));
  }

  row(statement: DriverStatement, parameters: readonly unknown[]): Promise<Cells | undefined> {
    return this.#run((runner) => runner.row(statement, parameters));
  }

  write(statement: DriverStatement, parameters: readonly unknown[]): Promise<WriteResult> {
    return this.#run((runner) => runner.write(statement, parameters));
  }

  named(statement: DriverStatement, parameters: readonly unknown[]): Promise<NamedResult> {
    return this.#run((runner) => runner.named(statement, parameters));
  }

  script(text: string): Promise<void> {
    return this.#run((runner) => runner.script(text));
  }

  alone<Result>(
    isWrite: boolean,
    work: (connection: Connection) => MaybePromise<Result>,
  ): Promise<Result> {
    return this.#run((runner) => runner.alone(isWrite, work));
  }

  /** The transaction is open until the last row is read. */
  async stream(request: StreamRequest): Promise<OpenStream> {
    const { around } = this;
    if (around !== undefined) return around.stream(request);
    const open = await beginTransaction(this.#engine, {}, 1);
    try {
      await enterSettings(this.#engine, open.runner, this.settings);
      const stream = await open.runner.stream(request);
      let isEnded = false;
      const end = async (isFailed: boolean): Promise<void> => {
        if (isEnded) return;
        isEnded = true;
        await stream.end(isFailed);
        await (isFailed ? open.rollBack() : open.commit());
      };
      return { ...stream, end };
    } catch (error) {
      await open.rollBack();
      throw error;
    }
  }
}

/** The transaction that statements of a runner are part of, whatever bounds or caches them, where there is one. */
export function transactionOf(runner: Runner): TransactionRunner | undefined {
  const inner = innermostOf(runner);
  return inner instanceof SettingsRunner ? inner.around : transactionBehind(inner);
}

/** Begins a transaction for what a runner stands outside of one, with its settings where it has some. */
export function transactionFor<Result>(
  runner: Runner,
  engine: Engine,
  options: TransactionOptions,
  work: (tx: TransactionRunner) => Promise<Result>,
): Promise<Result> {
  return runner instanceof SettingsRunner
    ? runner.transaction(options, work)
    : runTransaction(engine, options, work);
}

/** @param runner A transaction's own needs nothing more: it has the settings, or must not have them. */
export function runnerWith(runner: Runner, engine: Engine, settings: LocalSettings): Runner {
  const before = runner instanceof SettingsRunner ? runner.settings : {};
  const own = new SettingsRunner(runner, engine, { ...before, ...settings });
  return runner instanceof TransactionRunner ? runner : own;
}
