/** What the URLs of all servers say alike: TLS in the words of libpq, and the sizes and times of the pool. */

import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import type { PeerCertificate } from "node:tls";
import { ConfigError } from "../core/error.ts";
import type { PoolSettings } from "./dialect.ts";
import type { UrlOptions } from "./url.ts";

/** TLS as Node's `tls.connect` takes it. */
export interface TlsSettings {
  readonly rejectUnauthorized: boolean;
  readonly ca?: string;
  readonly checkServerIdentity?: (host: string, certificate: PeerCertificate) => Error | undefined;
}

/** Whether a host is this machine by its name, so that nobody is between. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(?:\.\d{1,3}){3}$/.test(host);
}

function readAuthority(file: string | undefined): { ca: string } | undefined {
  if (file === undefined || file === "system") return undefined;
  try {
    return { ca: readFileSync(file, "utf8") };
  } catch (cause) {
    throw new ConfigError("The file of the option sslrootcert can't be read.", { cause });
  }
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
  const usual = isLocal && rootFile === undefined ? "disable" : "verify-full";
  const mode = options.choice("sslmode", TLS_MODES, otherwise ?? usual);
  if (mode === "disable") return false;
  const authority = readAuthority(rootFile);
  // libpq verifies the authority too where it is told one.
  if (mode === "require" && rootFile === undefined) return { rejectUnauthorized: false };
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

/** How long connecting may take, in milliseconds. */
export function readConnectTimeout(options: UrlOptions): number {
  return atLeastSome("connect_timeout", options.seconds("connect_timeout") ?? 30_000);
}

/** How long one statement may run, in milliseconds, where the URL says that. */
export function readStatementTimeout(options: UrlOptions): number | undefined {
  const timeoutMs = options.seconds("statement_timeout");
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
    acquireTimeoutMs: atLeastSome("acquire_timeout", options.seconds("acquire_timeout") ?? 30_000),
    idleTimeoutMs: atLeastSome("idle_timeout", options.seconds("idle_timeout") ?? 600_000),
  };
}

/** Waiting for ever is no setting: 0 would be that to some timers, and no time at all to others. */
function atLeastSome(name: string, timeMs: number): number {
  if (timeMs > 0) return timeMs;
  throw new ConfigError(`The option "${name}" of the URL must be more than 0 seconds.`);
}
