/** Where the database is, from what a program says and what its environment says. */

import { isAbsolute, resolve } from "node:path";
import { ConfigError } from "../core/error.ts";

/** The parts of a URL, for those who have them apart. */
export interface ConnectionParts {
  /** The URL's scheme, such as `"postgres"`, `"mariadb"` or `"sqlite"`. */
  readonly scheme: string;
  readonly host?: string;
  readonly port?: number;
  readonly user?: string;
  readonly password?: string;
  /** The database's name, or an SQLite file. */
  readonly database: string;
  /** What would stand behind the `?` of a URL. */
  readonly options?: Readonly<Record<string, boolean | number | string>>;
}

export function urlOfParts(parts: ConnectionParts): string {
  const { scheme, host, port, user, password, database, options = {} } = parts;
  const pairs = Object.entries(options).map(([key, value]): [string, string] => [
    key,
    String(value),
  ]);
  const query = new URLSearchParams(pairs).toString();
  const suffix = query === "" ? "" : `?${query}`;
  if (host === undefined) return `${scheme}:${encodeURI(database).replaceAll("?", "%3F")}${suffix}`;
  const account =
    user === undefined
      ? ""
      : encodeURIComponent(user) +
        (password === undefined ? "" : `:${encodeURIComponent(password)}`);
  // An IPv6 address has colons of its own.
  const place = `${host.includes(":") && !host.startsWith("[") ? `[${host}]` : host}${port === undefined ? "" : `:${port}`}`;
  return `${scheme}://${account}${account === "" ? "" : "@"}${place}/${encodeURIComponent(database)}${suffix}`;
}

/** The variables that may hold the URL where nobody says others. */
const DEFAULT_VARIABLES = ["DATABASE_URL"];

function variablesOf(env: readonly string[] | string | undefined): readonly string[] {
  return typeof env === "string" ? [env] : (env ?? DEFAULT_VARIABLES);
}

/** What the first of the variables holds that is set, and not to nothing. */
export function urlOfVariables(env?: readonly string[] | string): string | undefined {
  return variablesOf(env)
    .map((variable) => process.env[variable])
    .find((url) => url !== undefined && url !== "");
}

/**
 * The URL in the environment; the file `.env` is read first, by Node's own loader, which leaves variables that are set
 * alone.
 *
 * @param otherwise What is meant where no variable is set.
 * @throws {ConfigError} when there is no URL at all.
 */
export function urlOfEnvironment(
  env: readonly string[] | string | undefined,
  otherwise?: string,
): string {
  try {
    process.loadEnvFile();
  } catch (error) {
    // Having no file is usual; one that can't be read is told.
    if (!(error instanceof Error) || Reflect.get(error, "code") !== "ENOENT") throw error;
  }
  const url = urlOfVariables(env) ?? otherwise;
  if (url !== undefined) return url;
  const variables = variablesOf(env);
  throw new ConfigError(
    `The environment variable ${variables.join(" or ")} is not set, and connect() got no URL.`,
    {
      hint: `Set it, for example ${variables[0]}=sqlite:app.db, in the environment or in .env.`,
    },
  );
}

/** A database in a file beside the program, with nothing to install. */
export const DEFAULT_URL = "sqlite:app.db";

/** The scheme of a URL, in lowercase. */
export function schemeOf(url: string): string {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1];
  if (scheme !== undefined) return scheme.toLowerCase();
  // The text may hold a password, so it is not repeated.
  throw new ConfigError("The database's URL has no scheme.", {
    hint: "Write sqlite:app.db, postgres://user@host/database or mariadb://user@host/database.",
  });
}

/** Schemes of databases that run in this process. */
const IN_PROCESS = ["sqlite", "pglite"];

/** What runs in this process and servers on this machine; anything else may be somebody's production. */
export function isLocal(url: string): boolean {
  if (IN_PROCESS.includes(schemeOf(url))) return true;
  const [, authority = ""] = /^[^:]*:\/\/([^/?#]*)/.exec(url) ?? [];
  const host = authority
    .slice(authority.lastIndexOf("@") + 1)
    .replace(/:\d*$/, "")
    .replace(/^\[|\]$/g, "")
    .toLowerCase();
  return host === "" || host === "localhost" || host === "::1" || /^127(?:\.\d+){3}$/.test(host);
}

/** The same file of SQLite, or folder of PGlite, from whatever folder the program runs in. */
export function absoluteUrl(url: string, folder: string): string {
  const [, path = ""] = /^(?:pg|sq)lite:(?!\/\/)([^?]*)/i.exec(url) ?? [];
  if (path === "" || path === ":memory:" || isAbsolute(path)) return url;
  return url.replace(path, encodeURI(resolve(folder, decodeURI(path))));
}

export function noDatabaseError(): ConfigError {
  return new ConfigError("No database is named.", {
    hint: "Pass --url sqlite:app.db, set DATABASE_URL, or write `url` into plinth.config.ts.",
  });
}
