// For tests that change a server's own settings: one that nobody else uses.
import { randomBytes } from "node:crypto";
import { chmodSync, chownSync, copyFileSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { createGuard } from "./host/guard.ts";
import { serverIdentity } from "./host/launch.ts";
import type { Server } from "./names.ts";
import { findMariadb, startMariadb } from "./products/mariadb.ts";
import type { Place } from "./products/place.ts";
import { findPostgres, startPostgres } from "./products/postgres.ts";
import { findRedis, startRedis } from "./products/redis.ts";

export interface PrivateServer extends AsyncDisposable {
  readonly url: string;
  readonly pid: number | undefined;
  /** Where its data is, below; it belongs to the server's user. */
  readonly directory: string;
  /** Hands a file over to the server's user, closed to others. */
  own(path: string): void;
}

async function inPlace(
  start: (place: Place, own: PrivateServer["own"]) => Promise<Server>,
): Promise<PrivateServer> {
  const identity = serverIdentity();
  const guard = createGuard();
  const root = join(tmpdir(), `plinth-private-${randomBytes(6).toString("hex")}`);
  guard.add({ kind: "directory", path: root });
  const directory = join(root, "server");
  mkdirSync(directory, { recursive: true, mode: 0o755 });
  chmodSync(root, 0o755);
  chmodSync(directory, 0o700);
  const own = (path: string): void => {
    chmodSync(path, 0o600);
    if (identity !== undefined) chownSync(path, identity.uid, identity.gid);
  };
  if (identity !== undefined) chownSync(directory, identity.uid, identity.gid);
  try {
    const logFile = join(root, "server.log");
    const { url, pid } = await start({ directory, logFile, identity, guard }, own);
    return { url, pid, directory, own, [Symbol.asyncDispose]: () => guard.release() };
  } catch (error) {
    await guard.release();
    throw error;
  }
}

/** Whether these programs are here, and not only the URLs of servers elsewhere. */
export const hasPrivatePostgres = findPostgres("postgres18") !== undefined;
export const hasPrivateMariadb = findMariadb() !== undefined;
export const hasPrivateRedis = findRedis() !== undefined;

export function startPrivatePostgres(): Promise<PrivateServer> {
  return inPlace((place) => startPostgres("postgres18", findPostgres("postgres18")!, place));
}

/** @param files What the server reads beside its options, `[option, file]`; it gets copies of them. */
export function startPrivateMariadb(
  files: readonly (readonly [option: string, file: string])[] = [],
): Promise<PrivateServer> {
  return inPlace((place, own) => {
    const options = files.map(([option, file]) => {
      const copy = join(place.directory, basename(file));
      copyFileSync(file, copy);
      own(copy);
      return `--${option}=${copy}`;
    });
    return startMariadb(findMariadb()!, place, options);
  });
}

/**
 * @param options Of the server's command line: `["--maxmemory-policy", "allkeys-lru"]`.
 * @param files What it reads beside them, `[option, file]`; it gets copies of them.
 */
export function startPrivateRedis(
  options: readonly string[] = [],
  files: readonly (readonly [option: string, file: string])[] = [],
): Promise<PrivateServer> {
  return inPlace((place, own) => {
    const copied = files.flatMap(([option, file]) => {
      const copy = join(place.directory, basename(file));
      copyFileSync(file, copy);
      own(copy);
      return [`--${option}`, copy];
    });
    return startRedis(findRedis()!, place, [...options, ...copied]);
  });
}
