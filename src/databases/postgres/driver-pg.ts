import { ConfigError } from "../../core/error.ts";
import { loadOptional } from "../../core/optional.ts";
import type { ServerInfo } from "../../dialect/capabilities.ts";
import type {
  Cells,
  Connection,
  Driver,
  DriverStatement,
  NamedResult,
  WriteResult,
} from "../../dialect/driver.ts";
import { toConnectError } from "./connect-errors.ts";
import { connectionLost, isFatal, isServerError, isStale } from "./errors.ts";
import {
  defineExchange,
  type Answer,
  type ExchangeClass,
  type PgWire,
  type Question,
} from "./exchange.ts";
import { KeptStatements } from "./kept-statements.ts";
import type { PostgresSettings } from "./settings.ts";
import { readerOf, typeIdOf, UNKNOWN, wireValue } from "./untyped.ts";

/** The few members of `pg` that are used. */
interface PgClient {
  readonly connection: PgWire;
  connect(): Promise<unknown>;
  query(exchange: object): unknown;
  end(): Promise<void>;
  on(event: "end" | "error", listener: () => void): unknown;
  /** How the last answer left the session: `"I"` is outside a transaction. Since pg 8.21. */
  getTransactionStatus?(): string | null;
}

interface PgModule {
  readonly Client: new (config: object) => PgClient;
  readonly Query: { readonly prototype: object };
}

async function loadModule(given: unknown): Promise<PgModule> {
  const loaded: unknown = given ?? (await loadOptional("pg", "PostgreSQL", () => import("pg")));
  // pg is CommonJS, so a namespace has the module itself as its default.
  for (const candidate of [loaded, Reflect.get(Object(loaded), "default")]) {
    const { Client, Query } = Object(candidate) as Partial<PgModule>;
    if (typeof Client === "function" && typeof Query === "function") return { Client, Query };
  }
  throw new ConfigError("The driver that was handed over is not the package pg.", {
    hint: 'Pass { driver: await import("pg") }, or leave it out.',
  });
}

/** What all else relies on: how values are written, and what a literal means. */
const SESSION =
  "set timezone to 'UTC'; set datestyle to 'ISO, YMD'; set intervalstyle to 'postgres'; " +
  "set bytea_output to 'hex'; set standard_conforming_strings to on";

/** The version, and the first of the collations there that know the letters of all languages. */
const SERVER = `select current_setting('server_version_num'), (
  select quote_ident(collname) from pg_collation
  where collname in ('und-x-icu', 'pg_unicode_fast', 'C.utf8', 'C.UTF-8')
    and collencoding in (-1, pg_char_to_encoding(getdatabaseencoding()))
  order by array_position(array['und-x-icu', 'pg_unicode_fast', 'C.utf8', 'C.UTF-8'], collname::text) limit 1)`;

/** `180004` is 18.4, `90624` is 9.6.24. */
export function versionOf(number: number): [number, number, number] {
  const major = Math.floor(number / 10_000);
  if (major >= 10) return [major, number % 10_000, 0];
  return [major, Math.floor(number / 100) % 100, number % 100];
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

/** `23,0`: the types of which the server is told, where there are any. */
function signatureOf(parameters: readonly unknown[]): string {
  for (const value of parameters) {
    if (typeof value !== "string" && value !== null) return parameters.map(typeIdOf).join(",");
  }
  return "";
}

export class PgConnection implements Connection {
  isAlive = true;
  readonly #client: PgClient;
  readonly #Exchange: ExchangeClass;
  readonly #kept: KeptStatements | undefined;
  #ended: Promise<void> | undefined;

  constructor(client: PgClient, Exchange: ExchangeClass, isPrepared: boolean) {
    this.#client = client;
    this.#Exchange = Exchange;
    this.#kept = isPrepared ? new KeptStatements() : undefined;
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

  script(text: string): Promise<void> {
    return this.#ask(scriptQuestion(text), () => undefined);
  }

  /** Like `script`, but with the rows of its last statement. */
  async ask(text: string): Promise<readonly Cells[]> {
    return this.#ask({ ...scriptQuestion(text), isScript: false }, rowsOf);
  }

  forget(): void {
    this.#kept?.clear();
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
    if (kept === undefined) return this.#ask(question, finish);
    return new Promise((resolve, reject) => {
      this.#send(
        question,
        finish,
        resolve,
        (error, isOutside) => {
          if (!question.isParsed || isStale(error)) this.#kept?.drop(kept, name);
          // Nothing was executed, so nothing is done twice. Inside a transaction all before it is lost as well.
          if (!isStale(error) || !isOutside) reject(error);
          else
            this.#ask({ ...question, name: "", isParsed: false, closing: NOTHING }, finish).then(
              resolve,
              reject,
            );
        },
        () => {
          kept.isReady ||= kept.name === name;
        },
      );
    });
  }

  #ask<Result>(question: Question, finish: (answer: Answer) => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#send(question, finish, resolve, reject);
    });
  }

  #send<Result>(
    question: Question,
    finish: (answer: Answer) => Result,
    resolve: (result: Result) => void,
    reject: (error: unknown, isOutsideTransaction: boolean) => void,
    succeed?: () => void,
  ): void {
    const exchange = new this.#Exchange(question, (error, answer) => {
      if (error === undefined) {
        succeed?.();
        try {
          resolve(finish(answer));
        } catch (unreadable) {
          reject(unreadable, false);
        }
        return;
      }
      // The state is that before this statement, as answers come in order.
      const isOutside = this.#client.getTransactionStatus?.() === "I";
      if (isFatal(error)) this.isAlive = false;
      reject(isServerError(error) ? error : connectionLost(error), isOutside);
    });
    this.#client.query(exchange);
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

export interface FirstConnection {
  readonly connection: PgConnection;
  readonly server: ServerInfo;
  /** A collation that folds the letters of all languages, quoted. */
  readonly folding: string;
}

export interface PostgresDriver extends Driver {
  /** Opens a connection and asks the server what it is. */
  openFirst(): Promise<FirstConnection>;
}

/** @param module The package, where the caller hands it over. */
export async function createDriver(
  settings: PostgresSettings,
  module: unknown,
): Promise<PostgresDriver> {
  const { Client, Query } = await loadModule(module);
  const Exchange = defineExchange(Query);
  const open = <Result>(prepare: (connection: PgConnection) => Promise<Result>): Promise<Result> =>
    openConnection(new Client(configOf(settings)), Exchange, settings, prepare);
  return {
    canReadBeside: true,
    open: () =>
      open(async (connection) => {
        await connection.script(SESSION);
        return connection;
      }),
    openFirst: () =>
      open(async (connection) => {
        await connection.script(SESSION);
        const [cells] = await connection.ask(SERVER);
        const version = versionOf(Number(cells?.[0]));
        // The database's own collation is the last resort: it may fold no more than ASCII.
        const folding = String(cells?.[1] ?? '"default"');
        return { connection, server: { product: "postgres", version }, folding };
      }),
  };
}

function configOf(settings: PostgresSettings): object {
  const { place, password, tls, applicationName, startOptions } = settings;
  return {
    ...place,
    password,
    ssl: tls,
    application_name: applicationName,
    options: startOptions,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    pipeline: true,
  };
}

/** Connects and prepares the session within the time of the settings. */
async function openConnection<Result>(
  client: PgClient,
  Exchange: ExchangeClass,
  settings: PostgresSettings,
  prepare: (connection: PgConnection) => Promise<Result>,
): Promise<Result> {
  const { connectTimeoutMs, isPrepared, place } = settings;
  const connection = new PgConnection(client, Exchange, isPrepared);
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    client.connection.stream.destroy();
  }, connectTimeoutMs);
  try {
    await client.connect();
    return await prepare(connection);
  } catch (error) {
    client.connection.stream.destroy();
    const cause = isLate ? new Error("timeout expired", { cause: error }) : error;
    throw toConnectError(cause, place, connectTimeoutMs);
  } finally {
    clearTimeout(timer);
  }
}
