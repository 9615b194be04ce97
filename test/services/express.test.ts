// The middleware that the guide shows for Node's own server, on Express.
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
// @ts-expect-error -- it has no types of its own
import untypedExpress from "express";
import { createLimiter, createSessions, openStore, type Session } from "plinth/services";
import { expect, test } from "vitest";

type Request = IncomingMessage & { session?: Session<undefined> | undefined };
type Next = (error?: unknown) => void;
type Handler = (request: Request, response: ServerResponse, next: Next) => void;

interface App extends RequestListener {
  use(handler: Handler): void;
  get(path: string, handler: Handler): void;
}

const express = untypedExpress as () => App;

test("Express reads sessions and limits by middleware", async () => {
  const store = await openStore("memory:");
  const sessions = createSessions(store);
  const reads = createLimiter(store, { category: "api", max: 2, windowMs: 60_000 });
  const app = express();
  app.use((request, response, next) => {
    reads.take(request.socket.remoteAddress ?? "unknown").then(({ allowed, headers }) => {
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      if (allowed) return next();
      response.statusCode = 429;
      response.end("Too many requests");
    }, next);
  });
  app.use((request, _response, next) => {
    const token = /(?:^|; )session=([\w.-]+)/.exec(request.headers.cookie ?? "")?.[1];
    sessions.touch(token ?? "").then((session) => {
      request.session = session;
      next();
    }, next);
  });
  app.get("/", (request, response) => response.end(request.session?.userId ?? "who are you?"));

  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  try {
    const { token } = await sessions.create("42", undefined);
    expect(await (await fetch(url)).text()).toBe("who are you?");
    const known = await fetch(url, { headers: { cookie: `a=b; session=${token}` } });
    expect(await known.text()).toBe("42");
    expect(known.headers.get("ratelimit-remaining")).toBe("0");
    expect((await fetch(url)).status).toBe(429);
    // Without the store nobody is known, and nobody gets by.
    await store.close();
    expect((await fetch(url)).status).toBe(429);
  } finally {
    server.close();
  }
});
