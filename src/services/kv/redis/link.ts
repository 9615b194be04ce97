/** Sends commands to a server or a cluster, and waits neither for ever nor with too many. */

import { setTimeout as sleep } from "node:timers/promises";
import { InvalidValueError } from "../../../core/error.ts";
import { storeClosedError } from "../check.ts";
import type { Listener, Listening } from "../store.ts";
import {
  isCluster,
  type AnyRedisClient,
  type CommandPart,
  type RedisClient,
  type RedisClusterClient,
  type RedisSubscriber,
} from "./client.ts";
import { RedisEar } from "./ear.ts";
import {
  crowdedError,
  isNotYet,
  refusedError,
  serverCodeOf,
  silentError,
  translateError,
} from "./errors.ts";

export interface Command {
  readonly parts: CommandPart[];
  /** What decides the place in a cluster; undefined: any. */
  readonly key: string | undefined;
  /** Of a cluster: the server that is asked, whatever the key. */
  readonly node?: unknown;
  /** Texts of the reply are bytes. */
  readonly isBinary?: boolean | undefined;
}

export interface LinkSettings {
  /** For messages: the host and the port. */
  readonly where: string;
  /** How many commands may wait for a connection. */
  readonly maxWaiting: number;
  /** Whether closing the store ends the client. */
  readonly isOwned: boolean;
}

/** A command on its way. */
interface Attempt {
  readonly command: Command;
  /** It is done, has failed, or its time is over. */
  isOver: boolean;
  /** Whether the server may have it. */
  isSent: boolean;
  /** Before it is tried the next time. */
  pauseMs: number;
  readonly resolve: (reply: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** `$`, of texts: by the first byte of the protocol. */
const AS_BYTES = { typeMapping: { 36: Buffer } };
/** Finds a connection that went silent without an end. */
export const PING_EVERY_MS = 2_000;
export const SILENT_AFTER_MS = 6_000;
const FIRST_PAUSE_MS = 10;
const LAST_PAUSE_MS = 200;
/** A client that was told it speaks to a replica connects anew, but not more often. */
const RECONNECT_EVERY_MS = 1_000;

/** It ends when its connection does; the ear makes the next one. */
function subscriberOf(client: RedisClient): RedisSubscriber {
  if (typeof client.duplicate !== "function") {
    throw new InvalidValueError("The client can't be duplicated, and so nothing is heard by it.", {
      hint: "Pass what createClient() or createCluster() of the package redis gives.",
    });
  }
  const socket = {
    ...client.options?.socket,
    reconnectStrategy: false,
    socketTimeout: SILENT_AFTER_MS,
  };
  return client.duplicate({ socket, pingInterval: PING_EVERY_MS });
}

export class RedisLink {
  readonly settings: LinkSettings;
  readonly isCluster: boolean;
  readonly #client: AnyRedisClient;
  readonly #closing = new AbortController();
  #ear: RedisEar | undefined;
  #waiting = 0;
  #lastError: unknown;
  #reconnectedAtMs = -Infinity;
  readonly #onError = (error?: unknown): void => {
    this.#lastError = error;
  };

  constructor(client: AnyRedisClient, settings: LinkSettings) {
    this.#client = client;
    this.settings = settings;
    this.isCluster = isCluster(client);
    // An error without a listener would end the program.
    (client as RedisClient).on("error", this.#onError);
  }

  get isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** @param timeoutMs For all of it: waiting for a connection, sending, waiting for the answer. */
  send(command: Command, timeoutMs: number): Promise<unknown> {
    if (this.isClosed) return Promise.reject(storeClosedError());
    return new Promise((resolve, reject) => {
      const attempt: Attempt = {
        command,
        isOver: false,
        isSent: false,
        pauseMs: FIRST_PAUSE_MS,
        resolve(reply) {
          if (attempt.isOver) return;
          attempt.isOver = true;
          clearTimeout(timer);
          resolve(reply);
        },
        reject: (error) => {
          if (attempt.isOver) return;
          attempt.isOver = true;
          clearTimeout(timer);
          reject(translateError(this.settings.where, error));
        },
      };
      const refuse = (): void => attempt.reject(this.#lateError(attempt.isSent, timeoutMs));
      // Of a process that stood still timers come before the answers that are there already.
      const timer = setTimeout(() => setImmediate(refuse), timeoutMs);
      if (this.#client.isReady) this.#tryNow(attempt);
      else void this.#tryLater(attempt);
    });
  }

  #tryNow(attempt: Attempt): void {
    attempt.isSent = true;
    this.#sendOnce(attempt.command).then(attempt.resolve, (error: unknown) => {
      if (attempt.isOver || !this.#mayTryAgain(error)) {
        attempt.reject(this.isClosed ? storeClosedError() : error);
        return;
      }
      attempt.isSent = false;
      void this.#tryLater(attempt);
    });
  }

  /** The servers that have a part of the keys each; one that needn't be named where it is alone. */
  async nodes(timeoutMs: number): Promise<readonly unknown[]> {
    if (!isCluster(this.#client)) return [undefined];
    // Which they are is known once one of them has answered.
    if (!this.#client.isReady) await this.send({ parts: ["PING"], key: undefined }, timeoutMs);
    return [...this.#client.masters];
  }

  listen(name: string, listener: Listener): Listening {
    if (this.isClosed) throw storeClosedError();
    this.#ear ??= new RedisEar(this.settings.where, (tries) => this.#openSubscriber(tries));
    return this.#ear.listen(name, listener);
  }

  /** Of a cluster's servers any will do, as each tells all the others: another one each time. */
  async #openSubscriber(tries: number): Promise<RedisSubscriber> {
    const client = this.#client;
    if (!isCluster(client)) return subscriberOf(client);
    const { masters } = client;
    if (masters.length === 0) throw refusedError(this.settings.where, this.#lastError);
    return subscriberOf(await client.nodeClient(masters[tries % masters.length]));
  }

  async #sendTo(node: unknown, parts: CommandPart[]): Promise<unknown> {
    const client = await (this.#client as RedisClusterClient).nodeClient(node);
    return await client.sendCommand(parts);
  }

  #sendOnce({ parts, key, node, isBinary }: Command): Promise<unknown> {
    if (node !== undefined) return this.#sendTo(node, parts);
    const client = this.#client;
    const options = isBinary === true ? AS_BYTES : undefined;
    return isCluster(client)
      ? client.sendCommand(key, false, parts, options)
      : client.sendCommand(parts, options);
  }

  #mayTryAgain(error: unknown): boolean {
    if (this.isClosed) return false;
    const isReplica =
      serverCodeOf(error) === "READONLY" && this.settings.isOwned && !this.isCluster;
    if (!isReplica && !isNotYet(error)) return false;
    this.#lastError = error;
    if (isReplica) this.#reconnect();
    return true;
  }

  /** After a failover the same name may lead to the new primary, once it is looked up again. */
  #reconnect(): void {
    const nowMs = performance.now();
    if (nowMs - this.#reconnectedAtMs < RECONNECT_EVERY_MS) return;
    this.#reconnectedAtMs = nowMs;
    this.#client.destroy();
    this.#client.connect().catch(this.#onError);
  }

  /** Waits for the client, with pauses that grow, until the attempt's time is over. */
  async #tryLater(attempt: Attempt): Promise<void> {
    if (this.#waiting >= this.settings.maxWaiting) {
      attempt.reject(crowdedError(this.settings.where));
      return;
    }
    this.#waiting++;
    try {
      do {
        await sleep(attempt.pauseMs, undefined, { signal: this.#closing.signal });
        attempt.pauseMs = Math.min(LAST_PAUSE_MS, attempt.pauseMs * 2);
      } while (!attempt.isOver && !this.#client.isReady);
      if (!attempt.isOver) this.#tryNow(attempt);
    } catch {
      attempt.reject(storeClosedError());
    } finally {
      this.#waiting--;
    }
  }

  #lateError(isSent: boolean, timeoutMs: number): unknown {
    if (isSent) return silentError(this.settings.where, timeoutMs);
    if (serverCodeOf(this.#lastError) === "READONLY") return this.#lastError;
    return refusedError(this.settings.where, this.#lastError);
  }

  close(): void {
    if (this.isClosed) return;
    this.#closing.abort();
    this.#ear?.close(storeClosedError());
    if (this.settings.isOwned) this.#client.destroy();
    else (this.#client as RedisClient).off("error", this.#onError);
  }
}
