// What is kept beside the database, and goes by itself.
import type { Database } from "plinth";
import type { Store } from "plinth/services";
import { createLimits } from "../src/limits.ts";
import { beginSignIn, createOidcStates, finishSignIn } from "../src/oidc.ts";
import type { schema } from "../src/schema/schema.ts";
import { createCachedSessions } from "../src/session-cache.ts";
import type { Cast } from "./cast.ts";
import * as print from "./print.ts";
import { tellRefusal } from "./refused.ts";

export async function keepForAWhile(
  db: Database<typeof schema>,
  store: Store,
  cast: Cast,
): Promise<void> {
  print.chapter("What is kept for a while", "src/limits.ts");
  print.say(
    "Beside the database is a store: in memory, in a file, or on Redis. An address has five attempts a minute to sign in; " +
      "who goes on is blocked, wherever addresses count:",
  );
  await limit(store);
  print.say("A sign-in by another house comes back once, within ten minutes:");
  await signInElsewhere(store);
  print.say(
    "Whether a session is good is asked with every request, and the database once. What ends has ended for everybody:",
  );
  await askForSessions(db, store, cast);
  print.say("All of it stands under the keys of the document, each with its end:");
  await listKeys(store, cast);
}

async function limit(store: Store): Promise<void> {
  const limits = createLimits(store);
  const [stranger, neighbour] = ["198.51.100.7", "198.51.100.8"];
  for (let attempt = 1; attempt <= 5; attempt++) await limits.take("login", stranger);
  await tellRefusal("The stranger, a sixth time", () => limits.take("login", stranger));
  await tellRefusal("The stranger, who only looks", () => limits.take("request", stranger));
  const { remaining } = await limits.take("login", neighbour);
  print.rows([{ who: "a neighbour", "attempts left": remaining }]);
}

async function signInElsewhere(store: Store): Promise<void> {
  const states = createOidcStates(store);
  const begin = () => beginSignIn(states, { provider: "example", returnTo: "/guilds" });
  const { state } = await begin();
  const { provider, returnTo } = await finishSignIn(states, state);
  print.rows([{ provider, returnTo }]);
  await tellRefusal("Somebody with the same state", () => finishSignIn(states, state));
  await begin();
}

async function askForSessions(
  db: Database<typeof schema>,
  store: Store,
  { cleo }: Cast,
): Promise<void> {
  // However slow the machine, so that the story is the same.
  const sessions = createCachedSessions(db, store, { timeoutMs: 10_000 });
  const rows = [];
  const { session } = await sessions.create(cleo);
  for (const what of ["the first request", "the second", "after she has signed out"]) {
    if (what.startsWith("after")) await sessions.delete(cleo, session.id);
    const { loads } = sessions.stats();
    const found = await sessions.find(cleo, session.id);
    const isAsked = sessions.stats().loads > loads;
    rows.push({
      what,
      "is it good?": found !== undefined,
      "who says so": isAsked ? "database" : "store",
    });
  }
  print.rows(rows);
}

async function listKeys(store: Store, { cleo }: Cast): Promise<void> {
  const rows = [];
  for (const namespace of ["oidc", "ratelimit", "session"])
    for await (const parts of store.list(namespace)) {
      const key = parts
        .join(":")
        .replace(cleo, "{user_id}")
        .replace(/[\da-f-]{36}/, "{uuid}");
      rows.push({ key, "minutes left": Math.ceil(((await store.ttlMs(parts)) ?? 0) / 60_000) });
    }
  print.rows(rows.toSorted((a, b) => (a.key < b.key ? -1 : 1)));
}
