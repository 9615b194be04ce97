/** What the URL of a PostgreSQL database says. */

import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import type { PeerCertificate } from "node:tls";
import { ConfigError } from "../../core/error.ts";
import type { PoolSettings } from "../../dialect/dialect.ts";
import { readOptions, type UrlOptions } from "../../dialect/url.ts";
import type { Place } from "./connect-errors.ts";

/** TLS as Node's `tls.connect` takes it. */
export interface TlsSettings {
  readonly rejectUnauthorized: boolean;
  readonly ca?: string;
  readonly checkServerIdentity?: (host: string, certificate: PeerCertificate) => Error | undefined;
}

export interface PostgresSettings {
  readonly place: Place;
  readonly password: string | undefined;
  readonly tls: TlsSettings | false;
  readonly connectTimeoutMs: number;
  readonly applicationName: string | undefined;
  /** Settings for the server, such as `-c search_path=app`. */
  readonly startOptions: string | undefined;
  /** Whether statements that come again are kept prepared; not behind a pooler that hands out sessions by transaction. */
  readonly isPrepared: boolean;
  readonly pool: PoolSettings;
}

function isLoopback(host: string): boolean {
  return (
    host.startsWith("/") ||
    host === "localhost" ||
    host === "::1" ||
    /^127(?:\.\d{1,3}){3}$/.test(host)
  );
}

const MODES = ["disable", "require", "verify-ca", "verify-full"] as const;

function readAuthority(file: string | undefined): { ca: string } | undefined {
  if (file === undefined || file === "system") return undefined;
  try {
    return { ca: readFileSync(file, "utf8") };
  } catch (cause) {
    throw new ConfigError("The file of the option sslrootcert can't be read.", { cause });
  }
}

/** As libpq says, but for a mode that would fall back to plain text without a word. */
function readTls(options: UrlOptions, host: string): TlsSettings | false {
  const given = options.text("sslmode");
  const rootFile = options.text("sslrootcert");
  if (given === "allow" || given === "prefer") {
    throw new ConfigError(`sslmode=${given} falls back to plain text where TLS fails.`, {
      hint: "Say which it is: sslmode=verify-full, verify-ca or require for TLS, or disable.",
    });
  }
  const otherwise = isLoopback(host) && rootFile === undefined ? "disable" : "verify-full";
  const mode = options.choice("sslmode", MODES, otherwise);
  if (mode === "disable") return false;
  const authority = readAuthority(rootFile);
  // libpq verifies the authority too where it is told one.
  if (mode === "require" && rootFile === undefined) return { rejectUnauthorized: false };
  if (mode === "verify-full") return { rejectUnauthorized: true, ...authority };
  return { rejectUnauthorized: true, ...authority, checkServerIdentity: () => undefined };
}

function decoded(part: string): string | undefined {
  try {
    return part === "" ? undefined : decodeURIComponent(part);
  } catch {
    throw new ConfigError("The URL has a % that doesn't begin a percent-encoding.", {
      hint: "Write % as %25; encodeURIComponent(password) encodes a password.",
    });
  }
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
      user: decoded(username),
      database: decoded(path.replace(/^\//, "")),
    },
    password: decoded(password),
  };
}

export function parseSettings(url: string): PostgresSettings {
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
    tls: readTls(options, place.host),
    connectTimeoutMs: options.seconds("connect_timeout") ?? 30_000,
    applicationName: options.text("application_name"),
    startOptions: options.text("options"),
    isPrepared: options.choice("prepared", ["true", "false"], "true") === "true",
    pool: {
      maxConnections: options.count("max_connections") ?? availableParallelism() * 2 + 1,
      sharedConnections: options.count("shared_connections") ?? 4,
      acquireTimeoutMs: options.seconds("acquire_timeout") ?? 30_000,
      idleTimeoutMs: options.seconds("idle_timeout") ?? 600_000,
    },
  };
  options.refuseOthers("PostgreSQL");
  const { acquireTimeoutMs, idleTimeoutMs } = settings.pool;
  // Waiting for ever is no setting: 0 would be that to the timers.
  if (settings.connectTimeoutMs === 0 || acquireTimeoutMs === 0 || idleTimeoutMs === 0) {
    throw new ConfigError(
      "connect_timeout, acquire_timeout and idle_timeout must be more than 0 seconds.",
    );
  }
  if (settings.pool.maxConnections === 0) {
    throw new ConfigError("max_connections must be at least 1: transactions need one.");
  }
  return settings;
}
