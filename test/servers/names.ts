/** The servers that the tests use beside SQLite, which needs none. */
export const serverNames = ["postgres18", "postgres15", "mariadb", "redis"] as const;

export type ServerName = (typeof serverNames)[number];

/** A URL found in one of these is used as it is, and nothing is started for it. */
export const urlVariables: Readonly<Record<ServerName, string>> = {
  postgres18: "PLINTH_TEST_POSTGRES_URL",
  postgres15: "PLINTH_TEST_POSTGRES15_URL",
  mariadb: "PLINTH_TEST_MARIADB_URL",
  redis: "PLINTH_TEST_REDIS_URL",
};

export const titles: Readonly<Record<ServerName, string>> = {
  postgres18: "PostgreSQL 18",
  postgres15: "PostgreSQL 15",
  mariadb: "MariaDB",
  redis: "Redis",
};

export interface Server {
  readonly url: string;
  /** Where it came from, for a person: "npm package", "environment" ... */
  readonly from: string;
  /** The server's own process; absent when it was not started here. */
  readonly pid?: number;
}

export type Servers = Partial<Record<ServerName, Server>>;

/** Why a server is not there, one sentence with the way to mend it. */
export type Problems = Partial<Record<ServerName, string>>;

export function isServerName(text: string): text is ServerName {
  return (serverNames as readonly string[]).includes(text);
}

/** The variables that hand the servers to another process. */
export function environmentOf(servers: Servers): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const name of serverNames) {
    const server = servers[name];
    if (server !== undefined) environment[urlVariables[name]] = server.url;
  }
  return environment;
}
