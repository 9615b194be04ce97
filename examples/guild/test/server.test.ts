// Two servers on one database and one store, and two people, each connected to another one.
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "plinth/services";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { openDatabase } from "../src/database.ts";
import { openApp, type App } from "../src/server/app.ts";
import { fillDemo } from "../src/server/demo.ts";
import { nobody } from "./databases.ts";

interface Told {
  readonly type: string;
  readonly channel: readonly string[];
  readonly id: string;
  readonly data: {
    readonly kind: string;
    readonly status: string;
    readonly message: { readonly content: string };
  };
}

interface Overview {
  readonly userId: string;
  readonly guilds: readonly { readonly channels: readonly { readonly id: string }[] }[];
}

/** A browser, as far as a server sees it. */
class Person {
  readonly #port: number;
  #cookie = "";
  userId = "";
  channelId = "";
  socket: WebSocket | undefined;
  readonly told: Told[] = [];

  constructor(port: number) {
    this.#port = port;
  }

  async ask(
    method: string,
    path: string,
    body?: object,
  ): Promise<{ status: number; body: unknown }> {
    const response = await fetch(`http://127.0.0.1:${this.#port}${path}`, {
      method,
      headers: { Cookie: this.#cookie },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const cookie = response.headers.get("Set-Cookie");
    if (cookie !== null) this.#cookie = cookie.split(";")[0]!;
    return { status: response.status, body: await response.json() };
  }

  async signIn(username: string): Promise<void> {
    expect(await this.ask("POST", "/api/sign-in", { username })).toMatchObject({ status: 200 });
    const { guilds, userId } = (await this.ask("GET", "/api/me")).body as Overview;
    this.userId = userId;
    this.channelId = guilds[0]!.channels[0]!.id;
  }

  open(headers: Readonly<Record<string, string>> = {}): WebSocket {
    const url = `ws://127.0.0.1:${this.#port}/events`;
    this.socket = new WebSocket(url, { headers: { Cookie: this.#cookie, ...headers } });
    this.socket.on("message", (data: Buffer) =>
      this.told.push(JSON.parse(data.toString()) as Told),
    );
    this.socket.on("error", () => {});
    return this.socket;
  }

  async listen(
    ...channels: { readonly channel: readonly string[]; readonly after?: string }[]
  ): Promise<void> {
    await once(this.open(), "open");
    const before = this.of("subscribed").length;
    for (const channel of channels)
      this.socket!.send(JSON.stringify({ type: "subscribe", ...channel }));
    await expect.poll(() => this.of("subscribed").length).toBe(before + channels.length);
  }

  of(type: string): Told[] {
    return this.told.filter((each) => each.type === type);
  }

  say(content: string, isUndone = false): Promise<{ status: number; body: unknown }> {
    return this.ask("POST", `/api/channels/${this.channelId}/messages`, { content, isUndone });
  }

  get heard(): string[] {
    return this.of("event").flatMap(({ data }) => (data.message ? [data.message.content] : []));
  }
}

let folder: string;
const apps: App[] = [];
const ends: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "guild-"));
  for (let count = 0; count < 2; count++) {
    const db = await openDatabase(`sqlite:${join(folder, "guild.sqlite")}`);
    const store = await openStore(`sqlite:${join(folder, "store.sqlite")}`);
    if (count === 0) await fillDemo(db);
    apps.push(await openApp({ db, store, isDemo: true }));
    ends.push(
      () => store.close(),
      () => db.close(),
    );
  }
});
afterAll(async () => {
  for (const app of apps) await app.close();
  for (const end of ends) await end();
  await rm(folder, { recursive: true, force: true });
});

test("what is said on one server is heard on the other; what is rolled back isn't; who was away misses nothing", async () => {
  const [ada, bob] = [new Person(apps[0]!.port), new Person(apps[1]!.port)];
  await ada.signIn("ada");
  await bob.signIn("bob");
  const channel = ["channel", ada.channelId];
  await ada.listen({ channel }, { channel: ["presence", bob.userId] });
  await bob.listen({ channel });
  await expect.poll(() => ada.of("event").map(({ data }) => data.status)).toEqual(["online"]);

  expect(await ada.say("Good morning")).toMatchObject({ status: 201 });
  expect(await ada.say("Never said", true)).toMatchObject({ status: 400 });
  expect(await bob.say("Hello")).toMatchObject({ status: 201 });
  await expect.poll(() => ada.heard).toEqual(["Good morning", "Hello"]);
  await expect.poll(() => bob.heard).toEqual(["Good morning", "Hello"]);

  bob.socket!.terminate();
  await expect
    .poll(() => ada.of("event").flatMap(({ data }) => data.status ?? []))
    .toEqual(["online", "offline"]);
  await ada.say("Bob?");
  await ada.say("Are you there?");
  const after = bob.of("event").at(-1)!.id;
  await bob.listen({ channel, after });
  await expect.poll(() => bob.heard).toEqual(["Good morning", "Hello", "Bob?", "Are you there?"]);
  for (const { socket } of [ada, bob]) socket!.close();
});

test("nobody hears what isn't theirs, or in another's name", async () => {
  const stranger = new Person(apps[0]!.port);
  expect(await stranger.ask("GET", "/api/me")).toMatchObject({ status: 401 });
  const [refused] = (await once(stranger.open(), "unexpected-response").then(([, response]) => [
    response,
  ])) as [{ statusCode: number }];
  expect(refused.statusCode).toBe(401);
  expect(await stranger.ask("POST", "/api/sign-in", { username: "nobody" })).toMatchObject({
    status: 400,
  });

  const cleo = new Person(apps[0]!.port);
  await cleo.signIn("cleo");
  const [evil] = (await once(
    cleo.open({ Origin: "https://evil.example" }),
    "unexpected-response",
  ).then(([, response]) => [response])) as [{ statusCode: number }];
  expect(evil.statusCode).toBe(401);
  await once(cleo.open(), "open");
  for (const channel of [
    ["channel", "' or 1=1"],
    ["channel", cleo.userId],
    ["outbox"],
    ["global", "x"],
    ["presence", "anybody"],
    ["presence", nobody],
  ])
    cleo.socket!.send(JSON.stringify({ type: "subscribe", channel }));
  await expect.poll(() => cleo.of("refused").length).toBe(6);
  expect(await cleo.ask("GET", `/api/people/${nobody}`)).toMatchObject({ status: 404 });
  cleo.socket!.close();
});

test("the page is served, and nothing else of the folder", async () => {
  const at = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${apps[0]!.port}${path}`);
  const page = await at("/");
  expect(await page.text()).toContain("<title>Guild</title>");
  expect(page.headers.get("Content-Security-Policy")).toContain("default-src 'self'");
  for (const path of ["/app.js", "/events.js", "/style.css"])
    expect((await at(path)).status).toBe(200);
  for (const path of ["/../package.json", "/%2e%2e/package.json", "/page/app.js", "/api/none"])
    expect([401, 404]).toContain((await at(path)).status);
});
