import { randomInt } from "node:crypto";
import { connect, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Below the range from which Linux (32768) and macOS (49152) take the ports of outgoing
 * connections, so that no client of another program sits on a port between our look and the
 * server's start; and away from 3306, 5432 and 6379, which may be somebody's real server.
 */
const firstPort = 20_000;
const lastPort = 32_000;

const handedOut = new Set<number>();

/** A port of the loopback that nobody listens on, different at each call. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = randomInt(firstPort, lastPort);
    if (handedOut.has(port) || !(await canListen(port))) continue;
    handedOut.add(port);
    return port;
  }
  throw new Error(
    `No free port found between ${firstPort} and ${lastPort} on 127.0.0.1 in 200 attempts. ` +
      "Close what holds them (`ss -ltnp` lists it) and try again.",
  );
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => {
      server.close(() => resolve(true));
    });
  });
}

/** Whether something accepts connections there. */
export function isListening(host: string, port: number, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const finish = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(timeoutMs, () => finish(false));
    socket.once("connect", () => finish(true));
    socket.once("error", () => finish(false));
  });
}

/**
 * What a server says on a fresh connection, after `question` when it waits to be asked.
 *
 * @returns The first bytes, or `undefined` when there were none within `timeoutMs`.
 */
export function firstBytes(
  port: number,
  question: string,
  timeoutMs: number,
): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    const finish = (bytes: Buffer | undefined): void => {
      socket.destroy();
      resolve(bytes);
    };
    socket.setTimeout(timeoutMs, () => finish(undefined));
    socket.once("connect", () => socket.write(question));
    socket.once("data", finish);
    socket.once("error", () => finish(undefined));
    socket.once("close", () => finish(undefined));
  });
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

const defaultPorts: Readonly<Record<string, number>> = {
  "postgres:": 5432,
  "postgresql:": 5432,
  "mysql:": 3306,
  "mariadb:": 3306,
  "redis:": 6379,
  "rediss:": 6379,
  "valkey:": 6379,
};

/** @returns `undefined` when the text is not a URL with a host and a known scheme. */
export function addressOf(url: string): Address | undefined {
  if (!URL.canParse(url)) return undefined;
  const parsed = new URL(url);
  const port = parsed.port === "" ? defaultPorts[parsed.protocol] : Number(parsed.port);
  if (port === undefined || parsed.hostname === "") return undefined;
  return { host: parsed.hostname.replace(/^\[|\]$/g, ""), port };
}

/** Asks again every few milliseconds until the answer is yes. */
export async function waitUntil(
  isSo: () => boolean | Promise<boolean>,
  timeoutMs: number,
  pauseMs = 20,
): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    if (await isSo()) return true;
    if (performance.now() > deadline) return false;
    await sleep(pauseMs);
  }
}
