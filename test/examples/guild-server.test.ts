// Two processes that serve a guild, and a person connected to each.
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { spawnProgram } from "../docs/run-program.ts";
import {
  createTestDatabase,
  hasTestRedis,
  testRedisUrl,
  testServers,
} from "../servers/databases.ts";

const main = fileURLToPath(new URL("../../examples/guild/src/server.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "plinth-guild-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Program {
  readonly url: string;
  end(signal: NodeJS.Signals): Promise<void>;
}

async function serve(database: string, store: string): Promise<Program> {
  const parameters = ["--demo", "--url", database, "--store", store, "--port", "0"];
  const program = spawnProgram(main, { parameters, folder });
  const [url] = (await once(createInterface(program.stdout), "line")) as [string];
  return {
    url,
    async end(signal) {
      if (program.exitCode !== null || program.signalCode !== null) return;
      program.kill(signal);
      await once(program, "exit");
    },
  };
}

class Person {
  readonly heard: string[] = [];
  readonly #url: string;
  #cookie = "";
  #after: string | undefined;
  #socket: WebSocket | undefined;

  constructor(url: string) {
    this.#url = url;
  }

  async ask(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(this.#url + path, {
      method,
      headers: { Cookie: this.#cookie },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    this.#cookie = response.headers.get("Set-Cookie")?.split(";")[0] ?? this.#cookie;
    return await response.json();
  }

  /** @param other On whose server to go on. */
  on(other: string): Person {
    const person = new Person(other);
    person.#cookie = this.#cookie;
    person.#after = this.#after;
    person.heard.push(...this.heard);
    return person;
  }

  async listen(channelId: string): Promise<void> {
    const headers = { Cookie: this.#cookie };
    this.#socket = new WebSocket(`${this.#url.replace("http", "ws")}/events`, { headers });
    this.#socket.on("error", () => {});
    await once(this.#socket, "open");
    const subscribed = Promise.withResolvers<void>();
    this.#socket.on("message", (data: Buffer) => {
      const message = JSON.parse(data.toString()) as {
        type: string;
        id: string;
        data: { message: { content: string } };
      };
      if (message.type === "subscribed") subscribed.resolve();
      if (message.type === "event") this.heard.push(message.data.message.content);
      this.#after = message.id ?? this.#after;
    });
    const channel = ["channel", channelId];
    this.#socket.send(JSON.stringify({ type: "subscribe", channel, after: this.#after }));
    await subscribed.promise;
  }

  leave(): void {
    this.#socket?.terminate();
  }
}

const databases = testServers().filter(
  ({ name }) => name !== "postgres 15" && name !== "sqlite memory",
);

test.each(databases)(
  "on $name: events of two processes reach both people, nothing of what is rolled back, and all of who comes back",
  async (server) => {
    const database = await createTestDatabase(server);
    const store = hasTestRedis()
      ? `${testRedisUrl()}?prefix=guild-${Date.now()}-${server.name.replace(" ", "")}`
      : `sqlite:${join(folder, `${server.name}.db`)}`;
    const programs: Program[] = [];
    try {
      for (let count = 0; count < 2; count++) programs.push(await serve(database.url, store));
      const ada = new Person(programs[0]!.url);
      const bob = new Person(programs[1]!.url);
      await ada.ask("POST", "/api/sign-in", { username: "ada" });
      await bob.ask("POST", "/api/sign-in", { username: "bob" });
      const me = (await ada.ask("GET", "/api/me")) as {
        guilds: { channels: { id: string }[] }[];
      };
      const channelId = me.guilds[0]!.channels[0]!.id;
      const say = (person: Person, content: string, isUndone = false): Promise<unknown> =>
        person.ask("POST", `/api/channels/${channelId}/messages`, { content, isUndone });
      await ada.listen(channelId);
      await bob.listen(channelId);
      await say(ada, "one");
      await say(ada, "undone", true);
      await say(bob, "two");
      await expect.poll(() => ada.heard).toEqual(["one", "two"]);
      await expect.poll(() => bob.heard).toEqual(["one", "two"]);

      // His server is killed; he comes back on the other one.
      await programs[1]!.end("SIGKILL");
      await say(ada, "three");
      await say(ada, "four");
      const back = bob.on(programs[0]!.url);
      await back.listen(channelId);
      await say(back, "five");
      const all = ["one", "two", "three", "four", "five"];
      await expect.poll(() => back.heard).toEqual(all);
      await expect.poll(() => ada.heard).toEqual(all);
      for (const person of [ada, bob, back]) person.leave();
      await programs[0]!.end("SIGTERM");
    } finally {
      for (const program of programs) await program.end("SIGKILL");
      await database.drop();
    }
  },
  60_000,
);
