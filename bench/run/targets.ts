/** Where the databases are. Handed to every worker process as JSON. */
export interface ServerTarget {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

export interface Targets {
  /** A copy of the data set that a contender may change. */
  readonly sqlite?: { readonly file: string };
  readonly postgres?: ServerTarget;
  readonly mariadb?: ServerTarget;
  /** Connections that each contender may use at once. */
  readonly poolSize: number;
}

/** @throws {TypeError} when the text is no URL. */
export function targetFromUrl(text: string): ServerTarget {
  const url = new URL(text);
  const defaultPort = url.protocol.startsWith("postgres") ? 5432 : 3306;
  return {
    host: url.hostname || "127.0.0.1",
    port: Number(url.port || defaultPort),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
  };
}

export function urlFromTarget(scheme: string, target: ServerTarget): string {
  const password = target.password === "" ? "" : `:${encodeURIComponent(target.password)}`;
  return `${scheme}://${encodeURIComponent(target.user)}${password}@${target.host}:${target.port}/${target.database}`;
}

/** Where Plinth finds a server. Transactions lease as many connections as the pools of others hold. */
export function plinthUrl(scheme: "postgres" | "mariadb", targets: Targets): string {
  return `${urlFromTarget(scheme, targets[scheme]!)}?max_connections=${targets.poolSize}`;
}
