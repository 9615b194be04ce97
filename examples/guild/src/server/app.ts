// A server of the guild: the page, its API, and events by WebSocket. Any number of them serve one database and one store.
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { createSocketBridge, type SocketBridge, type Store } from "plinth/services";
import { WebSocketServer } from "ws";
import { openNews } from "../events.ts";
import { beatMs, createGuildPresence } from "../presence.ts";
import { Refusal } from "../refusal.ts";
import {
  answer,
  mayMeet,
  maySee,
  whoAsks,
  type Answer,
  type Context,
  type SignedIn,
} from "./api.ts";

const files: Readonly<Record<string, readonly [name: string, type: string]>> = {
  "/": ["index.html", "text/html; charset=utf-8"],
  "/app.js": ["app.js", "text/javascript; charset=utf-8"],
  "/events.js": ["events.js", "text/javascript; charset=utf-8"],
  "/icon.svg": ["icon.svg", "image/svg+xml"],
  "/style.css": ["style.css", "text/css; charset=utf-8"],
};

const safety = {
  "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'",
  "X-Content-Type-Options": "nosniff",
};

export interface AppOptions extends Pick<Context, "db"> {
  readonly store: Store;
  /** Default: any that is free. */
  readonly port?: number;
  /** Lets everybody sign in by a name alone. */
  readonly isDemo?: boolean;
}

export interface App extends AsyncDisposable {
  readonly port: number;
  readonly context: Context;
  close(): Promise<void>;
}

async function fileOf(path: string): Promise<Answer | undefined> {
  const found = files[path];
  if (found === undefined) return undefined;
  const [name, type] = found;
  const body = await readFile(new URL(`../../page/${name}`, import.meta.url));
  return { status: 200, body, headers: { "Content-Type": type } };
}

async function respond(
  context: Context,
  request: IncomingMessage,
  response: ServerResponse,
  isDemo: boolean,
): Promise<void> {
  let found: Answer | undefined;
  try {
    found = (await answer(context, request, isDemo)) ?? (await fileOf(request.url!));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    found = { status: 400, body: { message: error.message } };
  }
  const { body, headers, status } = found ?? { status: 404, body: { message: "Not found." } };
  response.writeHead(status, { "Content-Type": "application/json", ...safety, ...headers });
  response.end(body instanceof Uint8Array ? body : JSON.stringify(body));
}

/** A page of another site must not listen in the name of who looks at it. */
function isSameSite({ headers }: IncomingMessage): boolean {
  const { host, origin } = headers;
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === host);
}

/** Waits for what goes on beside the connections; a store that is away ends none of them. */
class Beside {
  readonly #works = new Set<Promise<void>>();

  do(work: Promise<void>): void {
    const done = work.catch((error: unknown) => console.error(error));
    this.#works.add(done);
    void done.then(() => this.#works.delete(done));
  }

  async settle(): Promise<void> {
    await Promise.all(this.#works);
  }
}

function acceptSockets(
  server: Server,
  { beside, bridge, context }: { beside: Beside; bridge: SocketBridge<SignedIn>; context: Context },
): void {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 16_384 });
  const accept = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    const who = isSameSite(request) ? await whoAsks(context, request) : undefined;
    if (who === undefined) {
      socket.end("HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n");
      return;
    }
    sockets.handleUpgrade(request, socket, head, (made) => {
      const connectionId = randomUUID();
      const connection = bridge.connect(made, who);
      beside.do(context.presence.arrive(who, connectionId));
      const beating = setInterval(
        () => beside.do(context.presence.beat(who, connectionId)),
        beatMs,
      );
      const leave = async (): Promise<void> => {
        clearInterval(beating);
        await context.presence.leave(who, connectionId);
      };
      void connection.closed.then(() => beside.do(leave()));
    });
  };
  server.on("upgrade", (request, socket, head) => {
    accept(request, socket, head).catch(() => socket.destroy());
  });
}

/** Serves until it is closed; the database and the store are left open. */
export async function openApp({ db, isDemo = false, port = 0, store }: AppOptions): Promise<App> {
  const news = openNews(db, store);
  const context: Context = { db, news, presence: createGuildPresence(store, news) };
  const bridge = createSocketBridge<SignedIn>(news.pubsub, {
    async mayRead({ userId }, [kind, id, ...rest]) {
      if (kind === "global") return id === undefined;
      if (id === undefined || rest.length > 0) return false;
      if (kind === "presence") return await mayMeet(context, userId, id);
      return kind === "channel" && (await maySee(context, userId, id));
    },
  });
  const server = createServer((request, response) => {
    respond(context, request, response, isDemo).catch((error: unknown) => {
      console.error(error);
      if (!response.headersSent) response.writeHead(500, safety);
      response.end();
    });
  });
  const beside = new Beside();
  acceptSockets(server, { beside, bridge, context });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const close = async (): Promise<void> => {
    server.close();
    await bridge.close();
    server.closeAllConnections();
    await beside.settle();
    await news.close();
  };
  const { port: own } = server.address() as AddressInfo;
  return { port: own, context, close, [Symbol.asyncDispose]: close };
}
