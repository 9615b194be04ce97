/** What the URL of a MySQL or MariaDB database says. */

import { ConfigError } from "../../../core/error.ts";
import type { MaybePromise } from "../../../core/maybe-promise.ts";
import type { PoolSettings } from "../../../dialect/dialect.ts";
import {
  decodePart,
  isLoopback,
  readConnectTimeout,
  readPool,
  readStatementTimeout,
  readTls,
  TLS_MODES,
  type TlsMode,
  type TlsSettings,
} from "../../../dialect/server/server-url.ts";
import { readOptions, type UrlOptions } from "../../../core/url.ts";
import type { Place } from "./connect-errors.ts";

export interface MysqlSettings {
  readonly place: Place;
  readonly password: string | undefined;
  /** Is asked for each connection's, instead. */
  readonly askPassword: (() => MaybePromise<string>) | undefined;
  readonly tls: TlsSettings | false;
  /** Whether an eavesdropper between here and the server is out of the question, encrypted or not. */
  readonly isLocal: boolean;
  readonly connectTimeoutMs: number;
  /** How long the server lets a statement run; MySQL a read only. */
  readonly statementTimeoutMs: number | undefined;
  readonly pool: PoolSettings;
}

/** `ssl` is an old name of `sslmode`. */
function readOldName(options: UrlOptions): TlsMode | undefined {
  if (options.text("ssl") === undefined) return undefined;
  const given = options.choice("ssl", ["true", "false", ...TLS_MODES], "true");
  return given === "true" ? "verify-full" : given === "false" ? "disable" : given;
}

const EXAMPLE =
  "Write mysql://user:password@host:3306/database, with special characters percent-encoded.";

function parseTarget(url: string): { place: Place; password: string | undefined } {
  const [target = ""] = url.split("?");
  const [, authority, path = ""] = /^[^:]*:\/\/([^/]*)(.*)$/s.exec(target) ?? [];
  let parsed: URL | undefined;
  try {
    // Of a user without a host, `mysql://user@/app?socket=…`.
    const complete = authority?.replace(/(?:^|@)(?=(?::\d*)?$)/, "$&localhost");
    if (complete !== undefined) parsed = new URL(`mysql://${complete}`);
  } catch {
    // What can't be parsed isn't repeated, as it may hold the password.
  }
  if (parsed === undefined) {
    throw new ConfigError("The database's URL can't be parsed.", { hint: EXAMPLE });
  }
  const database = decodePart(path.replace(/^\//, ""));
  if (database === undefined) {
    throw new ConfigError("The URL names no database.", { hint: EXAMPLE });
  }
  return {
    place: {
      host: parsed.hostname.replaceAll(/^\[|\]$/g, ""),
      port: parsed.port === "" ? 3306 : Number(parsed.port),
      socket: undefined,
      user: decodePart(parsed.username),
      database,
    },
    password: decodePart(parsed.password),
  };
}

export function parseSettings(
  url: string,
  askPassword?: MysqlSettings["askPassword"],
): MysqlSettings {
  const options = readOptions(url);
  const { place, password } = parseTarget(url);
  const socket = options.text("socket");
  const isLocal = socket !== undefined || isLoopback(place.host);
  const settings: MysqlSettings = {
    place: { ...place, socket },
    password,
    askPassword,
    tls: readTls(options, isLocal, readOldName(options)),
    isLocal,
    connectTimeoutMs: readConnectTimeout(options),
    statementTimeoutMs: readStatementTimeout(options),
    pool: readPool(options),
  };
  options.refuseOthers("MySQL");
  return settings;
}
