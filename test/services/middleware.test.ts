// The guide's middleware for servers of Node, in Express.
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createLimiter, openStore } from "plinth/services";
import { expect, test } from "vitest";

/** What is used of Express, which brings no types. */
interface Express {
  use(
    middleware: (request: IncomingMessage, response: ServerResponse, next: () => void) => unknown,
  ): void;
  get(path: string, answer: (request: unknown, response: ServerResponse) => void): void;
  listen(port: number, host: string): Server;
}

test("a limit stands before an application of Express", async () => {
  const name: string = "express";
  const { default: express } = (await import(name)) as { default: () => Express };
  await using store = await openStore("memory:");
  const reads = createLimiter(store, { category: "api", max: 2, windowMs: 60_000 });
  const app = express();
  app.use(async (request, response, next) => {
    const { allowed, headers } = await reads.take(request.socket.remoteAddress ?? "unknown");
    for (const [header, value] of Object.entries(headers)) response.setHeader(header, value);
    if (allowed) return next();
    response.statusCode = 429;
    response.end("Too many requests");
  });
  app.get("/", (_request, response) => response.end("hello"));
  const server = app.listen(0, "127.0.0.1");
  try {
    await new Promise((resolve) => server.once("listening", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const answers: Response[] = [];
    for (let turn = 0; turn < 3; turn++) answers.push(await fetch(url));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(answers[0]!.headers.get("ratelimit-remaining")).toBe("1");
    expect(Number(answers[2]!.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await answers[2]!.text()).toBe("Too many requests");
  } finally {
    server.close();
    server.closeAllConnections();
  }
});
