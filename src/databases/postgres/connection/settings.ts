/** What the URL of a PostgreSQL database says. */

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
  type TlsSettings,
} from "../../../dialect/server/server-url.ts";
import { readOptions } from "../../../core/url.ts";
import type { Place } from "./connect-errors.ts";

export interface PostgresSettings {
  readonly place: Place;
  readonly password: string | undefined;
  /** Is asked for each connection's, instead. */
  readonly askPassword: (() => MaybePromise<string>) | undefined;
  readonly tls: TlsSettings | false;
  readonly connectTimeoutMs: number;
  /** How long the server lets a statement run. */
  readonly statementTimeoutMs: number | undefined;
  readonly applicationName: string | undefined;
  /** Settings for the server, such as `-c search_path=app`. */
  readonly startOptions: string | undefined;
  /** Whether statements that come again are kept prepared; not behind a pooler that hands out sessions by transaction. */
  readonly isPrepared: boolean;
  readonly pool: PoolSettings;
}

function parseAuthority(authority: string): URL {
  // A URL with a user needs a host, and PostgreSQL's may have none: postgres://user@/app?host=/run/postgresql.
  const isHostless = authority === "" || /@(?::\d*)?$/.test(authority);
  const complete = isHostless ? authority.replace(/(?=(?::\d*)?$)/, "localhost") : authority;
  try {
    return new URL(`postgres://${complete}`);
  } catch {
    // What can't be parsed isn't repeated, as it may hold the password.
    throw new ConfigError("The database's URL can't be parsed.", {
      hint: "Write postgres://user:password@host:5432/database, with special characters percent-encoded.",
    });
  }
}

/** `postgres://user:password@host:port/database`, or `postgres:database`. */
function parseTarget(url: string): { place: Place; password: string | undefined } {
  const [target = ""] = url.split("?");
  const [, authority = "", path = ""] = /^[^:]*:(?:\/\/([^/]*))?(.*)$/s.exec(target) ?? [];
  const { hostname, port, username, password } = parseAuthority(authority);
  return {
    place: {
      host: hostname.replaceAll(/^\[|\]$/g, ""),
      port: port === "" ? 5432 : Number(port),
      user: decodePart(username),
      database: decodePart(path.replace(/^\//, "")),
    },
    password: decodePart(password),
  };
}

export function parseSettings(
  url: string,
  askPassword?: PostgresSettings["askPassword"],
): PostgresSettings {
  const options = readOptions(url);
  const { place: target, password } = parseTarget(url);
  const place: Place = {
    ...target,
    host: options.text("host") ?? target.host,
    port: options.count("port") ?? target.port,
  };
  const settings: PostgresSettings = {
    place,
    password,
    askPassword,
    tls: readTls(options, place.host.startsWith("/") || isLoopback(place.host)),
    connectTimeoutMs: readConnectTimeout(options),
    statementTimeoutMs: readStatementTimeout(options),
    applicationName: options.text("application_name"),
    startOptions: options.text("options"),
    isPrepared: options.choice("prepared", ["true", "false"], "true") === "true",
    pool: readPool(options),
  };
  options.refuseOthers("PostgreSQL");
  return settings;
}
