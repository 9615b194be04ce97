/** What the URLs of all servers say alike: TLS in the words of libpq, and the sizes and times of the pool. */

import { availableParallelism } from "node:os";
import type { PeerCertificate } from "node:tls";
import { fs } from "../../core/builtin.ts";
import { ConfigError } from "../../core/error.ts";
import type { MaybePromise } from "../../core/maybe-promise.ts";
import type { PoolSettings } from "../dialect.ts";
import type { UrlOptions } from "../../core/url.ts";

/** TLS as Node's `tls.connect` takes it. */
export interface TlsSettings {
  readonly rejectUnauthorized: boolean;
  readonly ca?: string;
  /** The client's own certificate, with its key. */
  readonly cert?: string;
  readonly key?: string;
  readonly checkServerIdentity?: (host: string, certificate: PeerCertificate) => Error | undefined;
}

/** Whether a host is this machine by its name, so that nobody is between. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(?:\.\d{1,3}){3}$/.test(host);
}

function readPem(option: string, file: string): string {
  try {
    return fs().readFileSync(file, "utf8");
  } catch (cause) {
    throw new ConfigError(`The file of the option ${option} can't be read.`, { cause });
  }
}

function readAuthority(file: string | undefined): { ca: string } | undefined {
  if (file === undefined || file === "system") return undefined;
  return { ca: readPem("sslrootcert", file) };
}

/** What the server knows the program by, beside a password or instead of one. */
function readIdentity(
  certFile: string | undefined,
  keyFile: string | undefined,
): { cert: string; key: string } | undefined {
  if (certFile === undefined && keyFile === undefined) return undefined;
  if (certFile === undefined || keyFile === undefined)
    throw new ConfigError("A client's certificate needs both sslcert and sslkey.");
  return { cert: readPem("sslcert", certFile), key: readPem("sslkey", keyFile) };
}

export const TLS_MODES = ["disable", "require", "verify-ca", "verify-full"] as const;
export type TlsMode = (typeof TLS_MODES)[number];

/**
 * As libpq says, but for a mode that would fall back to plain text without a word.
 *
 * @param isLocal Whether nobody is between here and the server; then TLS is left out unless it is asked for.
 * @param otherwise The mode where the URL has none.
 */
export function readTls(
  options: UrlOptions,
  isLocal: boolean,
  otherwise?: TlsMode,
): TlsSettings | false {
  const given = options.text("sslmode");
  const rootFile = options.text("sslrootcert");
  if (given === "allow" || given === "prefer") {
    throw new ConfigError(`sslmode=${given} falls back to plain text where TLS fails.`, {
      hint: "Say which it is: sslmode=verify-full, verify-ca or require for TLS, or disable.",
    });
  }
  const certFile = options.text("sslcert");
  const keyFile = options.text("sslkey");
  const asksForTls = rootFile !== undefined || certFile !== undefined;
  const usual = isLocal && !asksForTls ? "disable" : "verify-full";
  const mode = options.choice("sslmode", TLS_MODES, otherwise ?? usual);
  if (mode === "disable") return false;
  const authority = { ...readAuthority(rootFile), ...readIdentity(certFile, keyFile) };
  // libpq verifies the authority too where it is told one.
  if (mode === "require" && rootFile === undefined)
    return { ...authority, rejectUnauthorized: false };
  if (mode === "verify-full") return { rejectUnauthorized: true, ...authority };
  return { rejectUnauthorized: true, ...authority, checkServerIdentity: () => undefined };
}

/** A part of a URL, which may be percent-encoded; undefined where it is empty. */
export function decodePart(part: string): string | undefined {
  try {
    return part === "" ? undefined : decodeURIComponent(part);
  } catch {
    throw new ConfigError("The URL has a % that doesn't begin a percent-encoding.", {
      hint: "Write % as %25; encodeURIComponent(password) encodes a password.",
    });
  }
}

/**
 * The password for the next connection.
 *
 * @param ask What the program gave instead of a password in the URL.
 * @throws {ConfigError} when it fails.
 */
export async function currentPassword(
  given: string | undefined,
  ask: (() => MaybePromise<string>) | undefined,
): Promise<string | undefined> {
  if (ask === undefined) return given;
  let password: unknown;
  try {
    password = await ask();
  } catch (cause) {
    throw new ConfigError("The function that connect() was given for the password failed.", {
      hint: "Its error is the cause, without the message, which may hold a secret.",
      cause,
    });
  }
  if (typeof password === "string") return password;
  throw new ConfigError("The function that connect() was given for the password gave no text.");
}

/** How long connecting may take, in milliseconds. */
export function readConnectTimeout(options: UrlOptions): number {
  return atLeastSome("connect_timeout", options.duration("connect_timeout") ?? 30_000);
}

/** How long one statement may run, in milliseconds, where the URL says that. */
export function readStatementTimeout(options: UrlOptions): number | undefined {
  const timeoutMs = options.duration("statement_timeout");
  if (timeoutMs === undefined) return undefined;
  return Math.ceil(atLeastSome("statement_timeout", timeoutMs));
}

export function readPool(options: UrlOptions): PoolSettings {
  const maxConnections = options.count("max_connections") ?? availableParallelism() * 2 + 1;
  if (maxConnections === 0) {
    throw new ConfigError("max_connections must be at least 1: transactions need one.");
  }
  return {
    maxConnections,
    sharedConnections: options.count("shared_connections") ?? 4,
    acquireTimeoutMs: atLeastSome("acquire_timeout", options.duration("acquire_timeout") ?? 30_000),
    idleTimeoutMs: atLeastSome("idle_timeout", options.duration("idle_timeout") ?? 600_000),
    maxLifetimeMs: atLeastSome("max_lifetime", options.duration("max_lifetime") ?? 1_800_000),
    reconnectTimeoutMs: options.duration("reconnect_timeout") ?? 5_000,
    probeAfterMs: atLeastSome("probe_after", options.duration("probe_after") ?? 10_000),
  };
}

/** Waiting for ever is no setting: 0 would be that to some timers, and no time at all to others. */
function atLeastSome(name: string, timeMs: number): number {
  if (timeMs > 0) return timeMs;
  throw new ConfigError(`The option "${name}" of the URL must be more than 0.`);
}
