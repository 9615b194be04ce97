import {
  createPubSub,
  createSocketBridge,
  openStore,
  type PubSub,
  type SocketBridge,
  type SocketBridgeOptions,
  type Store,
} from "plinth/services";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";

interface Channels {
  global: string;
  "channel:{id}": { readonly n: number; readonly big?: bigint; readonly at?: Date };
  "large:{id}": string;
}

interface Told {
  readonly type: string;
  readonly channel?: readonly string[];
  readonly id?: string;
  readonly data?: unknown;
  readonly reason?: string;
}

/** A client that keeps what it hears. */
class Client {
  readonly told: Told[] = [];
  readonly socket: WebSocket;

  constructor(port: number, user: string) {
    this.socket = new WebSocket(`ws://127.0.0.1:${port}/?user=${user}`);
    this.socket.on("message", (data: Buffer) =>
      this.told.push(JSON.parse(data.toString()) as Told),
    );
    this.socket.on("error", () => {});
  }

  async open(): Promise<this> {
    await once(this.socket, "open");
    return this;
  }

  say(message: unknown): void {
    this.socket.send(typeof message === "string" ? message : JSON.stringify(message));
  }

  of(type: string): Told[] {
    return this.told.filter((each) => each.type === type);
  }

  async until(type: string, count = 1): Promise<Told[]> {
    await expect.poll(() => this.of(type).length).toBeGreaterThanOrEqual(count);
    return this.of(type);
  }
}

let store: Store;
let pubsub: PubSub<Channels>;
const ends: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  store = await openStore("memory:");
  pubsub = createPubSub<Channels>(store, { keepEvents: 100_000, keepBytes: 2 ** 28 });
});
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
  await store.close();
});

interface Serving {
  readonly bridge: SocketBridge<string>;
  connect(user?: string): Promise<Client>;
}

async function serve(options: Partial<SocketBridgeOptions<string>> = {}): Promise<Serving> {
  const bridge = createSocketBridge<string>(pubsub, {
    mayRead: (user, [kind, id]) => kind !== "channel" || id === user || id === "open",
    ...options,
  });
  const server = createServer();
  const sockets = new WebSocketServer({ server });
  sockets.on("connection", (socket, request) => {
    const { searchParams } = new URL(request.url!, "http://localhost");
    bridge.connect(socket, searchParams.get("user")!);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  ends.push(async () => {
    await bridge.close();
    sockets.close();
    server.close();
  });
  return {
    bridge,
    async connect(user = "ada") {
      const client = new Client(port, user);
      ends.push(async () => client.socket.terminate());
      return await client.open();
    },
  };
}

test("events reach those who may read their channel, and nobody else", async () => {
  const { connect } = await serve();
  const [ada, bob] = [await connect("ada"), await connect("bob")];
  for (const client of [ada, bob]) {
    client.say({ type: "subscribe", channel: "global" });
    client.say({ type: "subscribe", channel: ["channel", "ada"] });
  }
  await ada.until("subscribed", 2);
  expect(await bob.until("refused")).toEqual([
    { type: "refused", channel: ["channel", "ada"], reason: "forbidden" },
  ]);
  await bob.until("subscribed");
  const id = await pubsub.publish(
    ["channel", "ada"],
    { n: 1, big: 10n ** 20n, at: new Date(0) },
    { key: "k" },
  );
  await pubsub.publish("global", "hello");
  expect(await ada.until("event", 2)).toContainEqual({
    type: "event",
    channel: ["channel", "ada"],
    id,
    key: "k",
    data: { n: 1, big: "100000000000000000000", at: "1970-01-01T00:00:00.000Z" },
  });
  expect((await bob.until("event")).map(({ data }) => data)).toEqual(["hello"]);
  ada.say({ type: "unsubscribe", channel: ["channel", "ada"] });
  await ada.until("unsubscribed");
  await pubsub.publish(["channel", "ada"], { n: 2 });
  await pubsub.publish("global", "again");
  await ada.until("event", 3);
  expect(ada.of("event")).toHaveLength(3);
});

test("a client that comes back goes on behind its last event, and is told of what is gone", async () => {
  const { connect } = await serve();
  const channel = ["channel", "open"] as const;
  const first = await connect();
  first.say({ type: "subscribe", channel });
  const [{ id: start }] = (await first.until("subscribed")) as [Told];
  for (let n = 0; n < 10; n++) await pubsub.publish(channel, { n });
  await first.until("event", 10);
  first.socket.terminate();
  for (let n = 10; n < 500; n++) await pubsub.publish(channel, { n });
  const second = await connect();
  second.say({ type: "subscribe", channel, after: first.of("event")[9]!.id });
  const found = await second.until("event", 490);
  expect(found.map(({ data }) => (data as { n: number }).n)).toEqual(
    Array.from({ length: 490 }, (_, index) => index + 10),
  );
  const third = await connect();
  third.say({ type: "subscribe", channel, after: start });
  expect(await third.until("event", 500)).toHaveLength(500);
  third.say({ type: "subscribe", channel: ["channel", "ada"], after: "17" });
  expect(await third.until("lost")).toMatchObject([
    { channel: ["channel", "ada"], reason: "expired" },
  ]);
});

test("what isn't understood is refused, and too much of it ends the connection", async () => {
  const { connect } = await serve({ maxChannels: 2, maxMessageLength: 300 });
  const client = await connect();
  const hostile = [
    "",
    "{",
    "null",
    "[]",
    '{"type":"subscribe"}',
    '{"type":"subscribe","channel":[]}',
    '{"type":"subscribe","channel":[1]}',
    '{"type":"subscribe","channel":{"length":1}}',
    '{"type":"subscribe","channel":"a","after":{}}',
    '{"type":"subscribe","channel":"a","after":"1e3"}',
    `{"type":"subscribe","channel":"${"a".repeat(201)}"}`,
    `{"type":"subscribe","channel":"\\ud800"}`,
    `{"type":"subscribe","channel":${JSON.stringify(Array(9).fill("a"))}}`,
    '{"type":"publish","channel":"global","data":1}',
    '{"__proto__":{"type":"subscribe","channel":"a"}}',
    "x".repeat(301),
  ];
  for (const text of hostile) client.say(text);
  const refused = await client.until("refused", hostile.length);
  expect(new Set(refused.map(({ reason }) => reason))).toEqual(new Set(["invalid"]));
  for (const id of ["1", "2", "3"]) client.say({ type: "subscribe", channel: ["large", id] });
  await client.until("subscribed", 2);
  expect((await client.until("refused", hostile.length + 1)).at(-1)).toEqual({
    type: "refused",
    channel: ["large", "3"],
    reason: "too many",
  });
  for (let count = 0; count < 2_000; count++) client.say({ type: "subscribe", channel: "global" });
  const [code] = (await once(client.socket, "close")) as [number];
  expect(code).toBe(1008);
  const binary = await connect();
  binary.socket.send(new Uint8Array([1, 2]));
  expect((await once(binary.socket, "close"))[0]).toBe(1003);
});

test("promise 35: a client that stops reading holds a bounded number of bytes, and goes on where it was", async () => {
  const maxBufferedBytes = 300_000;
  const { bridge, connect } = await serve({ maxBufferedBytes, heartbeatMs: 60_000 });
  const client = await connect();
  const [reader] = [await connect()];
  for (const each of [client, reader]) each.say({ type: "subscribe", channel: ["large", "1"] });
  await Promise.all([client.until("subscribed"), reader.until("subscribed")]);
  client.socket.pause();
  const total = 1_500;
  const text = "x".repeat(20_000);
  let waiting = 0;
  for (let n = 0; n < total; n++) {
    await pubsub.publish(["large", "1"], `${n} ${text}`);
    if (n % 10 === 0) {
      await sleep(1);
      waiting = Math.max(waiting, pubsub.stats().bufferedBytes);
    }
  }
  await reader.until("event", total);
  const before = client.of("event").length;
  expect(bridge.size).toBe(2);
  expect(before).toBeLessThan(total);
  client.socket.resume();
  const found = await client.until("event", total);
  expect(found.map(({ data }) => parseInt(data as string, 10))).toEqual(
    Array.from({ length: total }, (_, index) => index),
  );
  expect(client.of("lost")).toEqual([]);
  process.stdout.write(
    `  promise 35: a WebSocket that is paused over ${total} events, ${Math.round((total * 20) / 1_000)} MB: at most ` +
      `${waiting} bytes wait beside the socket's own ${maxBufferedBytes}; then all came, none lost\n`,
  );
  expect(waiting).toBeLessThan(200_000);
});

test("who is silent, and who takes nothing for too long, is given up", async () => {
  const { bridge, connect } = await serve({
    heartbeatMs: 1_000,
    stalledMs: 300,
    maxBufferedBytes: 1_000,
  });
  const alive = await connect();
  alive.socket.on("message", () => alive.say({ type: "pong" }));
  const silent = await connect();
  const startMs = performance.now();
  await once(silent.socket, "close");
  expect(performance.now() - startMs).toBeLessThan(15_000);
  expect(bridge.size).toBe(1);
  const stalled = await connect();
  stalled.socket.on("message", () => stalled.say({ type: "pong" }));
  stalled.say({ type: "subscribe", channel: ["large", "1"] });
  await stalled.until("subscribed");
  stalled.socket.pause();
  const beating = setInterval(() => stalled.say({ type: "pong" }), 50);
  for (let n = 0; n < 200; n++) await pubsub.publish(["large", "1"], "x".repeat(60_000));
  await expect.poll(() => bridge.size).toBe(1);
  clearInterval(beating);
  expect(alive.socket.readyState).toBe(WebSocket.OPEN);
});

test("the application lets clients read, and takes it back", async () => {
  const pubsubs = createSocketBridge<string>(pubsub, { mayRead: () => false });
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await once(server, "listening");
  ends.push(async () => {
    server.close();
  });
  const accepted = once(server, "connection");
  const client = new Client((server.address() as AddressInfo).port, "ada");
  ends.push(async () => client.socket.terminate());
  const connection = pubsubs.connect(((await accepted) as [WebSocket])[0], "ada");
  connection.subscribe(["channel", "1"]);
  await client.until("subscribed");
  expect(connection.channels).toEqual([["channel", "1"]]);
  connection.unsubscribe(["channel", "1"]);
  await client.until("unsubscribed");
  expect(pubsub.stats().subscribers).toBe(0);
  connection.subscribe(["channel", "1"]);
  await client.until("subscribed", 2);
  await pubsubs.close();
  await connection.closed;
  expect(pubsub.stats().subscribers).toBe(0);
  expect(pubsubs.size).toBe(0);
  // Whoever asked something of the database first may be too late.
  connection.subscribe(["channel", "1"]);
  expect([pubsub.stats().subscribers, connection.channels]).toEqual([0, []]);
});

test("what is taken back while it is asked for isn't read, whatever the answer was", async () => {
  const answers: ((may: boolean) => void)[] = [];
  const bridge = createSocketBridge<string>(pubsub, {
    mayRead: () => new Promise((resolve) => answers.push(resolve)),
  });
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await once(server, "listening");
  ends.push(async () => {
    await bridge.close();
    server.close();
  });
  const accepted = once(server, "connection");
  const client = new Client((server.address() as AddressInfo).port, "ada");
  ends.push(async () => client.socket.terminate());
  const connection = bridge.connect(((await accepted) as [WebSocket])[0], "ada");
  await once(client.socket, "open");
  client.say({ type: "subscribe", channel: ["channel", "1"] });
  await expect.poll(() => answers.length).toBe(1);
  connection.unsubscribe(["channel", "1"]);
  answers[0]!(true);
  await expect.poll(() => answers.length).toBe(2);
  answers[1]!(false);
  expect(await client.until("refused")).toMatchObject([{ reason: "forbidden" }]);
  expect(connection.channels).toEqual([]);
});

test("a name that is too long for a store is the client's trouble alone", async () => {
  const errors: unknown[] = [];
  const { connect } = await serve({ mayRead: () => true, onError: (error) => errors.push(error) });
  const client = await connect();
  for (const length of [99, 100, 127, 128, 200]) {
    client.say({ type: "subscribe", channel: Array.from({ length: 8 }, () => "x".repeat(length)) });
  }
  await client.until("refused", 4);
  expect(client.of("refused").map(({ reason }) => reason)).toEqual(Array(4).fill("invalid"));
  await client.until("subscribed");
  expect(errors).toEqual([]);
});

test("a store that is closed, and a question that fails, are told", async () => {
  const errors: unknown[] = [];
  const { connect } = await serve({
    onError: (error) => errors.push(error),
    mayRead(_, [kind]) {
      if (kind === "large") throw new Error("no answer");
      return true;
    },
  });
  const client = await connect();
  client.say({ type: "subscribe", channel: ["large", "1"] });
  expect(await client.until("refused")).toMatchObject([{ reason: "failed" }]);
  client.say({ type: "subscribe", channel: "global" });
  await client.until("subscribed");
  await store.close();
  expect((await once(client.socket, "close"))[0]).toBe(1011);
  expect(errors.map((error) => (error as { code?: string }).code)).toEqual([undefined, "E_CLOSED"]);
});

test("what hears of errors, and fails itself, harms nobody", async () => {
  let count = 0;
  const { connect } = await serve({
    onError() {
      const error = new Error("which must not count");
      if (++count % 2 === 0) throw error;
      return Promise.reject(error);
    },
    mayRead(_, [kind]) {
      if (kind === "large") throw new Error("no answer");
      return true;
    },
  });
  const client = await connect();
  for (const id of ["1", "2", "3"]) client.say({ type: "subscribe", channel: ["large", id] });
  client.say({ type: "subscribe", channel: "global" });
  await client.until("subscribed");
  expect(client.of("refused").map(({ reason }) => reason)).toEqual(Array(3).fill("failed"));
  expect(count).toBe(3);
});

test("who comes while it closes is told to go, too", async () => {
  const { bridge, connect } = await serve();
  const first = await connect();
  const farewell = once(first.socket, "close");
  const closed = bridge.close();
  const second = await connect();
  expect((await once(second.socket, "close"))[0]).toBe(1001);
  expect((await farewell)[0]).toBe(1001);
  await closed;
  await expect.poll(() => bridge.size).toBe(0);
});

test("settings that make no sense are refused", () => {
  for (const options of [{ maxChannels: 0 }, { maxBufferedBytes: 1.5 }, { heartbeatMs: 0 }]) {
    expect(() => createSocketBridge(pubsub, { mayRead: () => true, ...options })).toThrow(
      new RegExp(`${Object.keys(options)[0]} is not a (whole )?number`),
    );
  }
});
