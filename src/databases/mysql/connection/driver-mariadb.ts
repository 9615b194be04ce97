import { connect as openTcp, type Socket } from "node:net";
import { ConfigError } from "../../../core/error.ts";
import { refuseMissing } from "../../../core/optional.ts";
import type { ServerInfo } from "../../../dialect/capabilities.ts";
import type { Driver } from "../../../dialect/driver.ts";
import { currentPassword } from "../../../dialect/server/server-url.ts";
import { parseVersion } from "../../../core/url.ts";
import { askAside, threadOf } from "./aside.ts";
import { variantOf } from "../capabilities.ts";
import { connectTimeout, toConnectError } from "./connect-errors.ts";
import { MariadbConnection, type MariadbClient } from "./connection.ts";
import { canBeQuick } from "./quick-statement.ts";
import type { MysqlSettings } from "./settings.ts";
import { sessionText } from "../variant.ts";

/** The few members of `mariadb` that are used. */
interface MariadbModule {
  readonly version?: unknown;
  createConnection(options: object): Promise<MariadbClient>;
}

async function loadModule(given: unknown): Promise<MariadbModule> {
  const loaded: unknown =
    given ?? (await import("mariadb").catch(refuseMissing("mariadb", "MySQL or MariaDB")));
  for (const candidate of [loaded, Reflect.get(Object(loaded), "default")]) {
    if (typeof Reflect.get(Object(candidate), "createConnection") === "function")
      return candidate as MariadbModule;
  }
  throw new ConfigError("The driver that was handed over is not the package mariadb.", {
    hint: 'Pass { driver: await import("mariadb") }, or leave it out.',
  });
}

/**
 * Said once for the connection: options that come with each query cost a copy each time.
 *
 * @param open Makes the socket, where it isn't that of a path.
 */
function optionsOf(
  settings: MysqlSettings,
  password: string | undefined,
  open: () => Socket,
): object {
  const { place, tls, isLocal, connectTimeoutMs } = settings;
  const address =
    place.socket === undefined
      ? { host: place.host, port: place.port, stream: open }
      : { socketPath: place.socket };
  return {
    ...address,
    user: place.user,
    password,
    database: place.database,
    ssl: tls,
    // The server's own key is asked for only where nobody can put another in its place.
    allowPublicKeyRetrieval: isLocal,
    connectTimeout: connectTimeoutMs,
    keepAliveDelay: 10_000,
    charset: "utf8mb4",
    rowsAsArray: true,
    checkDuplicate: false,
    timezone: "Z",
    dateStrings: true,
    jsonStrings: true,
    bitOneIsBoolean: false,
    insertIdAsNumber: false,
    foundRows: true,
    // Values would stand in the messages of errors.
    logParam: false,
    multipleStatements: false,
    permitLocalInfile: false,
    prepareCacheLength: 256,
    pipelining: true,
  };
}

/** `"10.11.6-MariaDB-…"`, `"5.5.5-10.11.6-MariaDB"` as an old disguise, `"8.4.3"`. */
export function serverOf(text: string): ServerInfo {
  const isMariadb = /mariadb/i.test(text);
  const version = parseVersion(isMariadb ? text.replace(/^5\.5\.5-/, "") : text);
  return { product: isMariadb ? "mariadb" : "mysql", version };
}

interface FirstConnection {
  readonly connection: MariadbConnection;
  readonly server: ServerInfo;
}

export interface MysqlDriver extends Driver {
  /** Opens a connection and tells what the server is. */
  openFirst(): Promise<FirstConnection>;
}

/** @param module The package, where the caller hands it over. */
export async function createDriver(settings: MysqlSettings, module: unknown): Promise<MysqlDriver> {
  const mariadb = await loadModule(module);
  const openFirst = (): Promise<FirstConnection> => openConnection(mariadb, settings);
  const open = async (): Promise<MariadbConnection> => (await openFirst()).connection;
  return {
    canReadBeside: true,
    open,
    isAtWork: (connections) =>
      askAside(open, connections as readonly MariadbConnection[], settings.connectTimeoutMs),
    openFirst,
  };
}

/** Connects and prepares the session within the time of the settings. */
async function openConnection(
  mariadb: MariadbModule,
  settings: MysqlSettings,
): Promise<FirstConnection> {
  const { connectTimeoutMs, place } = settings;
  let client: MariadbClient | undefined;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(connectTimeout(place, connectTimeoutMs)), connectTimeoutMs);
  });
  let socket: Socket | undefined;
  const openSocket = (): Socket => {
    socket = openTcp({ host: place.host, port: place.port, noDelay: true });
    return socket;
  };
  const connect = async (): Promise<FirstConnection> => {
    const password = await currentPassword(settings.password, settings.askPassword);
    client = await mariadb.createConnection(optionsOf(settings, password, openSocket));
    const server = serverOf(client.serverVersion());
    const variant = variantOf(server);
    const kill = (threadId: number): Promise<void> => killQuery(mariadb, settings, threadId);
    const { pipelinesPrepare } = variant;
    const isQuick = canBeQuick(mariadb.version);
    const connection = new MariadbConnection(client, { kill, pipelinesPrepare, isQuick });
    if (isOldServer(server)) return { connection, server };
    // Both are sent together.
    const session = client.query(sessionText(variant, settings.statementTimeoutMs));
    const [, thread] = await Promise.all([session, threadOf(client)]);
    connection.details = { thread, socket };
    return { connection, server };
  };
  const connected = connect();
  try {
    return await Promise.race([connected, late]);
  } catch (error) {
    socket?.destroy();
    client?.destroy();
    // One that is made after all is of no use to anybody.
    connected.then(
      () => client?.destroy(),
      () => {},
    );
    throw toConnectError(error, place, connectTimeoutMs);
  } finally {
    clearTimeout(timer);
  }
}

const NO_SUCH_THREAD = 1094;

async function killQuery(
  mariadb: MariadbModule,
  settings: MysqlSettings,
  threadId: number,
): Promise<void> {
  const { host, port } = settings.place;
  const password = await currentPassword(settings.password, settings.askPassword);
  const openSocket = (): Socket => openTcp({ host, port, noDelay: true });
  const client = await mariadb.createConnection(optionsOf(settings, password, openSocket));
  // Unheard, the error of a connection would end the process.
  client.on("error", () => {});
  try {
    await client.query(`kill query ${Math.trunc(threadId)}`);
  } catch (error) {
    // Who is gone does nothing any more.
    if (Reflect.get(Object(error), "errno") !== NO_SUCH_THREAD) throw error;
  } finally {
    client.end().catch(() => client.destroy());
  }
}

/** MariaDB 10.11 and MySQL 8.0.17: `mariadb.ts` and `variant.ts` say what came with them. */
export function isOldServer({ product, version }: ServerInfo): boolean {
  const [major, minor, patch] = version;
  if (product === "mariadb") return major < 10 || (major === 10 && minor < 11);
  return major < 8 || (major === 8 && minor === 0 && patch < 17);
}
