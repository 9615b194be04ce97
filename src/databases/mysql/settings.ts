/** What the URL of a MySQL or MariaDB database says. */

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

export interface MysqlSettings {
  readonly place: Place;
  readonly password: string | undefined;
  readonly tls: TlsSettings | false;
  /** Whether an eavesdropper between here and the server is out of the question, encrypted or not. */
  readonly isLocal: boolean;
  readonly connectTimeoutMs: number;
  readonly pool: PoolSettings;
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(?:\.\d{1,3}){3}$/.test(host);
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

/** The words of libpq, the same for every server; `ssl` is an old name of `sslmode`. */
function readTls(options: UrlOptions, isLocal: boolean): TlsSettings | false {
  const rootFile = options.text("sslrootcert");
  const otherwise = isLocal && rootFile === undefined ? "disable" : "verify-full";
  const alias = options.choice("ssl", ["true", "false", ...MODES], otherwise);
  const fallback = alias === "true" ? "verify-full" : alias === "false" ? "disable" : alias;
  const mode = options.choice("sslmode", MODES, fallback);
  if (mode === "disable") return false;
  const authority = readAuthority(rootFile);
  // As libpq does: the authority is verified where one is told.
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
  const database = decoded(path.replace(/^\//, ""));
  if (database === undefined) {
    throw new ConfigError("The URL names no database.", { hint: EXAMPLE });
  }
  return {
    place: {
      host: parsed.hostname.replaceAll(/^\[|\]$/g, ""),
      port: parsed.port === "" ? 3306 : Number(parsed.port),
      socket: undefined,
      user: decoded(parsed.username),
      database,
    },
    password: decoded(parsed.password),
  };
}

export function parseSettings(url: string): MysqlSettings {
  const options = readOptions(url);
  const { place, password } = parseTarget(url);
  const socket = options.text("socket");
  const isLocal = socket !== undefined || isLoopback(place.host);
  const settings: MysqlSettings = {
    place: { ...place, socket },
    password,
    tls: readTls(options, isLocal),
    isLocal,
    connectTimeoutMs: options.seconds("connect_timeout") ?? 30_000,
    pool: {
      maxConnections: options.count("max_connections") ?? availableParallelism() * 2 + 1,
      sharedConnections: options.count("shared_connections") ?? 4,
      acquireTimeoutMs: options.seconds("acquire_timeout") ?? 30_000,
      idleTimeoutMs: options.seconds("idle_timeout") ?? 600_000,
    },
  };
  options.refuseOthers("MySQL");
  // Waiting for ever is no setting: 0 would be that to timers below.
  if (settings.connectTimeoutMs === 0 || settings.pool.acquireTimeoutMs === 0) {
    throw new ConfigError("connect_timeout and acquire_timeout must be more than 0 seconds.");
  }
  if (settings.pool.maxConnections === 0) {
    throw new ConfigError("max_connections must be at least 1: transactions need one.");
  }
  return settings;
}
