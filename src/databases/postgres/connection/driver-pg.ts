import { ConfigError } from "../../../core/error.ts";
import { refuseMissing } from "../../../core/optional.ts";
import type { Cells, Driver } from "../../../dialect/driver.ts";
import { currentPassword } from "../../../dialect/server/server-url.ts";
import { PgConnection, type PgClient } from "./connection.ts";
import { askAside, BACKEND } from "./aside.ts";
import { toConnectError } from "./connect-errors.ts";
import { defineExchange, type ExchangeClass } from "./exchange.ts";
import { readServer, SERVER, sessionText, type ServerFacts } from "./session.ts";
import type { PostgresSettings } from "./settings.ts";

/** The few members of `pg` that are used. */
interface PgModule {
  readonly Client: new (config: object) => PgClient;
  readonly Query: { readonly prototype: object };
}

async function loadModule(given: unknown): Promise<PgModule> {
  const loaded: unknown = given ?? (await import("pg").catch(refuseMissing("pg", "PostgreSQL")));
  // pg is CommonJS, so a namespace has the module itself as its default.
  for (const candidate of [loaded, Reflect.get(Object(loaded), "default")]) {
    const { Client, Query } = Object(candidate) as Partial<PgModule>;
    if (typeof Client === "function" && typeof Query === "function") return { Client, Query };
  }
  throw new ConfigError("The driver that was handed over is not the package pg.", {
    hint: 'Pass { driver: await import("pg") }, or leave it out.',
  });
}

export interface FirstConnection extends ServerFacts {
  readonly connection: PgConnection;
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
  const session = sessionText(settings.statementTimeoutMs);
  const open = async <Result>(
    prepare: (connection: PgConnection) => Promise<Result>,
  ): Promise<Result> => {
    const client = new Client(configOf(settings));
    if (client.pipeline !== true) {
      throw new ConfigError("Plinth needs pg 8.23 or newer, which can pipeline queries.", {
        hint: "Run: npm install pg@latest",
      });
    }
    return openConnection(client, Exchange, settings, prepare);
  };
  const openPlain = (): Promise<PgConnection> =>
    open(async (connection) => {
      await prepareSession(connection, session);
      return connection;
    });
  return {
    canReadBeside: true,
    open: openPlain,
    isAtWork: (connections) =>
      askAside(openPlain, connections as readonly PgConnection[], settings.connectTimeoutMs),
    listen: async (channel, listener) => {
      const connection = await openPlain();
      try {
        const end = await connection.listen(channel, listener);
        if (end === undefined) await connection.close();
        return end;
      } catch (error) {
        await connection.close();
        throw error;
      }
    },
    openFirst: () =>
      open(async (connection) => {
        await prepareSession(connection, session);
        const [cells] = await connection.ask(SERVER);
        return { connection, ...readServer("postgres", cells) };
      }),
  };
}

/** Both are sent together. A relative of PostgreSQL may not know what tells one server from another. */
async function prepareSession(connection: PgConnection, session: string): Promise<void> {
  const [, backend] = await Promise.all([
    connection.script(session),
    connection.ask(BACKEND).catch(() => NOBODY),
  ]);
  connection.setBackend(backend[0]);
}

const NOBODY: readonly Cells[] = [];

function configOf(settings: PostgresSettings): object {
  const { place, password, askPassword, tls, applicationName, startOptions } = settings;
  return {
    ...place,
    password: askPassword === undefined ? password : () => currentPassword(undefined, askPassword),
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
  const { connectTimeoutMs, place } = settings;
  const connection = new PgConnection(client, Exchange, settings);
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
