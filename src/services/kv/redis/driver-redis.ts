/** The only file that may load the package `redis`. */

import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { ConfigError, ConnectionError } from "../../../core/error.ts";
import { refuseMissing } from "../../../core/optional.ts";
import { pauseMs } from "../../../core/retry.ts";
import { parseVersion } from "../../../core/url.ts";
import { withinMs } from "../../../core/stop.ts";
import type { RedisSettings } from "../settings.ts";
import type { Store } from "../store.ts";
import type { AnyRedisClient, RedisClient } from "./client.ts";
import { isVague, refusedError, translateError } from "./errors.ts";
import { PING_EVERY_MS, RedisLink, SILENT_AFTER_MS } from "./link.ts";
import { RedisStore } from "./redis-store.ts";

/** Scripts that say what they do, and keep the server's time: since Redis 7.0, and all of Valkey. */
const OLDEST_MAJOR = 7;
/** How soon a cluster is asked who leads now, after a connection to one of its servers was lost. */
const REFRESH_AFTER_MS = 200;

function whereOf({ addresses }: RedisSettings): string {
  return addresses.map(({ host, port }) => `${host}:${port}`).join(", ");
}

interface Connecting {
  /** Whether it tries for ever: not while a program waits for its first connection, which is told what is wrong. */
  isPatient: boolean;
}

function reconnectStrategy(
  connecting: Connecting,
): (tries: number, cause: Error) => number | Error {
  return (tries, cause) =>
    connecting.isPatient ? pauseMs(Math.min(tries + 2, 8), Math.random) : cause;
}

function tlsOptions({ authorityFile, isTls }: RedisSettings): { tls?: true; ca?: Buffer } {
  if (!isTls) return {};
  if (authorityFile === undefined) return { tls: true };
  try {
    return { tls: true, ca: readFileSync(authorityFile) };
  } catch (cause) {
    throw new ConfigError("The file of the store's certificate authority can't be read.", {
      hint: "Is the path behind `ca=` right?",
      cause,
    });
  }
}

async function createClient(
  settings: RedisSettings,
  connecting: Connecting,
): Promise<AnyRedisClient> {
  const redis = await import("redis").catch(refuseMissing("redis", "The store of Redis"));
  const { addresses, connectTimeoutMs, database, maxWaiting, password, user } = settings;
  const own = {
    ...(user === undefined ? {} : { username: user }),
    ...(password === undefined ? {} : { password }),
    ...(database === undefined ? {} : { database }),
    // What isn't sent is tried again by us, within its time: nothing is sent long after.
    disableOfflineQueue: true,
    commandsQueueMaxLength: maxWaiting,
    pingInterval: PING_EVERY_MS,
    maintNotifications: "disabled" as const,
  };
  const socket = {
    connectTimeout: connectTimeoutMs,
    socketTimeout: SILENT_AFTER_MS,
    reconnectStrategy: reconnectStrategy(connecting),
    ...tlsOptions(settings),
  };
  // 0 is none: our own timer ends the wait for an answer too, and costs less.
  const commandOptions = { timeout: 0 };
  if (settings.isCluster) {
    return redis.createCluster({
      rootNodes: addresses.map(({ host, port }) => ({ socket: { host, port } })),
      defaults: { ...own, socket },
      commandOptions,
      topologyRefreshOnReconnectionAttemptStrategy: REFRESH_AFTER_MS,
    });
  }
  const { host, port } = addresses[0]!;
  return redis.createClient({ ...own, commandOptions, socket: { ...socket, host, port } });
}

/** @throws {ConnectionError} that says why not, and nothing is left open. */
async function connectOnce(
  client: AnyRedisClient,
  settings: RedisSettings,
  where: string,
): Promise<void> {
  let cause: unknown;
  const listen = (error?: unknown): void => {
    cause = error;
  };
  (client as RedisClient).on("error", listen);
  try {
    await withinMs(settings.connectTimeoutMs, client.connect(), () => refusedError(where, cause));
  } catch (error) {
    client.destroy();
    const reason = isVague(error) ? (cause ?? error) : error;
    const told = translateError(where, originalOf(reason));
    // Nothing was asked yet that could be lost.
    throw told.code === "E_CONNECTION_LOST" ? refusedError(where, originalOf(reason)) : told;
  } finally {
    (client as RedisClient).off("error", listen);
  }
}

/** Why a client gave up connecting. */
function originalOf(error: unknown): unknown {
  const original: unknown =
    error instanceof Error ? Reflect.get(error, "originalError") : undefined;
  return original ?? error;
}

async function connectPatiently(client: AnyRedisClient, link: RedisLink): Promise<void> {
  for (let tries = 1; !link.isClosed; tries++) {
    try {
      await client.connect();
      return;
    } catch {
      await sleep(pauseMs(Math.min(tries + 2, 8), Math.random));
    }
  }
}

async function checkServer(store: RedisStore, settings: RedisSettings): Promise<void> {
  const { isPartOfCluster, version } = await store.server();
  if (version !== undefined && parseVersion(version)[0] < OLDEST_MAJOR) {
    throw new ConnectionError("E_SERVER_TOO_OLD", `The store's server is Redis ${version}.`, {
      hint: `Use Redis ${OLDEST_MAJOR}.0 or later, or Valkey.`,
    });
  }
  if (isPartOfCluster === !settings.isCluster) {
    throw new ConfigError(
      isPartOfCluster
        ? "The store's server is a part of a cluster, and the URL names a server alone."
        : "The store's server isn't a part of a cluster, and the URL names one.",
      { hint: `Write ${isPartOfCluster ? "redis+cluster" : "redis"}://host.` },
    );
  }
}

/** @param isLazy Doesn't wait for the first connection: what is asked before it waits, within its time. */
export async function openRedisStore(
  settings: RedisSettings,
  prefix: string,
  isLazy: boolean,
): Promise<Store> {
  const where = whereOf(settings);
  const connecting: Connecting = { isPatient: isLazy || settings.isCluster };
  const client = await createClient(settings, connecting);
  const link = new RedisLink(client, { where, maxWaiting: settings.maxWaiting, isOwned: true });
  const store = new RedisStore(link, prefix, settings.timeoutMs);
  if (isLazy) {
    void connectPatiently(client, link);
    return store;
  }
  try {
    await connectOnce(client, settings, where);
    connecting.isPatient = true;
    await checkServer(store, settings);
    return store;
  } catch (error) {
    link.close();
    throw error;
  }
}

/** On a program's own client, which it connects and closes. */
export function redisStoreOf(
  client: AnyRedisClient,
  prefix: string,
  settings: Pick<RedisSettings, "maxWaiting" | "timeoutMs">,
): Store {
  const { maxWaiting, timeoutMs } = settings;
  const link = new RedisLink(client, { where: "the client", maxWaiting, isOwned: false });
  return new RedisStore(link, prefix, timeoutMs);
}
