import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startProxy, type Proxy } from "./proxy.ts";

let echo: Server;
let proxy: Proxy;

beforeEach(async () => {
  echo = createServer((socket) => {
    socket.on("error", () => {});
    socket.pipe(socket);
  });
  await new Promise<void>((resolve) => echo.listen(0, "127.0.0.1", resolve));
  proxy = await startProxy(`tcp://127.0.0.1:${(echo.address() as AddressInfo).port}`);
});

afterEach(async () => {
  await proxy[Symbol.asyncDispose]();
  await new Promise((resolve) => echo.close(resolve));
});

async function open(): Promise<Socket> {
  const socket = connect({ port: proxy.port, host: "127.0.0.1", allowHalfOpen: true });
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}

/** `once` would throw the error that comes before the close. */
async function closed(socket: Socket): Promise<void> {
  if (!socket.closed) await new Promise<void>((resolve) => socket.once("close", () => resolve()));
}

/** What comes back within some time. */
async function answer(socket: Socket, question: string, withinMs = 100): Promise<string> {
  let text = "";
  const read = (bytes: Buffer): void => {
    text += bytes.toString();
  };
  socket.on("data", read);
  socket.write(question);
  await new Promise((resolve) => setTimeout(resolve, withinMs));
  socket.off("data", read);
  return text;
}

test("carries bytes both ways, and later when told to", async () => {
  const socket = await open();
  expect(await answer(socket, "hello")).toBe("hello");
  proxy.delay(80);
  expect(await answer(socket, "late", 60)).toBe("");
  expect(await answer(socket, "", 400)).toBe("late");
});

test("cuts connections, at once or at a byte", async () => {
  const first = await open();
  await answer(first, "x");
  proxy.cut();
  await closed(first);
  expect(proxy.openCount).toBe(0);

  const second = await open();
  proxy.cutAfter(3, "answers");
  expect(await answer(second, "hello")).toBe("hel");
  expect(second.destroyed).toBe(true);
});

test("swallows answers and holds new connections until it is mended", async () => {
  const old = await open();
  await answer(old, "x");
  proxy.swallow();
  proxy.hold();
  expect(await answer(old, "hello")).toBe("");
  const held = await open();
  expect(await answer(held, "hello")).toBe("");
  expect([old.destroyed, held.destroyed]).toEqual([false, false]);

  proxy.mend();
  await Promise.all([closed(old), closed(held)]);
  expect(await answer(await open(), "hello")).toBe("hello");
});

test("closes its side only", async () => {
  const socket = await open();
  await answer(socket, "x");
  proxy.halfClose();
  await once(socket, "end");
  expect(socket.writable).toBe(true);
});

test("refuses new connections and keeps the old ones", async () => {
  const old = await open();
  await answer(old, "x");
  proxy.refuse();
  const refused = connect({ port: proxy.port, host: "127.0.0.1" });
  refused.on("error", () => {});
  await closed(refused);
  expect(await answer(old, "still")).toBe("still");
});
