import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Server } from "../names.ts";
import { findProgram, onFreePort, run, serve } from "../host/launch.ts";
import { firstBytes } from "../host/ports.ts";
import type { Place } from "./place.ts";

export interface MariadbPrograms {
  readonly server: string;
  readonly install: string;
}

// The `-core` packages hold the programs without the service that `mariadb-server` would start
// on port 3306. `mariadb-install-db` calls `my_print_defaults`, which is in the client's.
export const mariadbPackages = ["mariadb-server-core", "mariadb-client-core"] as const;

export function findMariadb(): MariadbPrograms | undefined {
  const server = findProgram("mariadbd");
  const install = findProgram("mariadb-install-db");
  const defaults = findProgram("my_print_defaults");
  if (server === undefined || install === undefined || defaults === undefined) return undefined;
  return { server, install };
}

export async function startMariadb(
  programs: MariadbPrograms,
  place: Place,
  options: readonly string[] = [],
): Promise<Server> {
  const data = join(place.directory, "data");
  await run(
    {
      ...place,
      file: programs.install,
      args: [
        "--no-defaults",
        `--datadir=${data}`,
        `--tmpdir=${place.directory}`,
        "--auth-root-authentication-method=normal",
        "--skip-test-db",
      ],
      signal: "SIGKILL",
    },
    60_000,
  );

  const firstStatements = join(place.directory, "first.sql");
  writeFileSync(firstStatements, "create database if not exists plinth;\n");

  return await onFreePort(async (port) => {
    const pid = await serve(
      {
        ...place,
        file: programs.server,
        args: [
          "--no-defaults",
          `--datadir=${data}`,
          `--tmpdir=${place.directory}`,
          `--port=${port}`,
          "--bind-address=127.0.0.1",
          `--socket=${join(place.directory, "s.sock")}`,
          `--pid-file=${join(place.directory, "pid")}`,
          `--init-file=${firstStatements}`,
          "--skip-name-resolve",
          "--skip-log-bin",
          "--innodb-flush-log-at-trx-commit=0",
          "--innodb-doublewrite=0",
          "--innodb-buffer-pool-size=64M",
          "--max-connections=300",
          ...options,
        ],
        // Its data is thrown away: nothing is worth the second of an orderly shutdown.
        signal: "SIGKILL",
      },
      () => greets(port),
      30_000,
    );
    return { url: `mariadb://root@127.0.0.1:${port}/plinth`, from: "installed programs", pid };
  });
}

/** The server speaks first: four bytes of header, then the version of the protocol, 10. */
async function greets(port: number): Promise<boolean> {
  const bytes = await firstBytes(port, "", 1_000);
  return bytes !== undefined && bytes[4] === 10;
}
