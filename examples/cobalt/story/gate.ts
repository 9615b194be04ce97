// What stands in the store before the database.
import type { Database } from "plinth";
import type { Store } from "plinth/services";
import { createGate, type Gate } from "../backend/src/gate.ts";
import { Refusal } from "../backend/src/refusal.ts";
import type { schema } from "../backend/src/schema/schema.ts";
import { alice } from "./cast.ts";
import * as print from "./print.ts";
import { refused } from "./refused.ts";

const home = "203.0.113.7";

export async function guard(db: Database<typeof schema>, store: Store): Promise<void> {
  // However slow the machine, so that the story is the same.
  const gate = createGate(db, store, { timeoutMs: 10_000 });
  print.chapter("Before the database", "backend/src/gate.ts");
  print.say(
    "Limits and a cache are in Valkey, in a file, or in memory. Whose a refresh token is, is asked with every request, and " +
      "the database says it once. What ends a session ends it there, too:",
  );
  await askWhose(gate);
  print.say(
    "Somebody tries passwords. After five, in five minutes, not even the right one helps, wherever it comes from:",
  );
  for (let attempt = 1; attempt <= 5; attempt++) await fail(gate);
  await refused("Alice", () => gate.signIn(alice, "198.51.100.2"));
  await listCounters(store);
}

async function askWhose(gate: Gate): Promise<void> {
  const { refreshToken, user } = await gate.signIn(alice, home);
  const whose = async (token: string): Promise<string> =>
    (await gate.userOf(token)) === user.id ? user.username : "nobody";
  const rows = [{ token: "the first", "whose it is": await whose(refreshToken) }];
  const next = await gate.refresh(refreshToken);
  rows.push({ token: "the first, exchanged", "whose it is": await whose(refreshToken) });
  rows.push({ token: "the next", "whose it is": await whose(next.refreshToken) });
  await gate.signOut(next.refreshToken);
  rows.push({ token: "the next, signed out", "whose it is": await whose(next.refreshToken) });
  print.rows(rows);
}

async function fail(gate: Gate): Promise<void> {
  try {
    await gate.signIn({ ...alice, password: "looking glass" }, home);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
}

async function listCounters(store: Store): Promise<void> {
  const rows = [];
  for await (const parts of store.list("ratelimit")) rows.push({ "what counts": parts.join(":") });
  print.rows(rows.toSorted((a, b) => (a["what counts"] < b["what counts"] ? -1 : 1)));
}
