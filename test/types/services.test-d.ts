import {
  createLimiter,
  createOneTime,
  createPresence,
  openStore,
  storeOf,
  type Limiter,
  type OneTime,
  type Procedure,
  type Store,
} from "plinth/services";
import { expectType, type Equal } from "./equal.ts";

declare const store: Store;

const opened: Promise<Store> = openStore("memory:", { prefix: "app", lazy: true });
void opened;
expectType<Equal<Awaited<ReturnType<Store["get"]>>, string | undefined>>();
expectType<Equal<Awaited<ReturnType<Store["getMany"]>>, (string | undefined)[]>>();
void store.set(["session", "42"], new Uint8Array(3), { ttlMs: 1_000, only: "absent" });

// @ts-expect-error A store keeps texts and bytes.
void store.set("a", { b: 1 });
// @ts-expect-error A part of a key is a text.
void store.get(["session", 42]);
// @ts-expect-error Known are absent and present.
void store.set("a", "b", { only: "new" });

// A procedure's answer is what it says, in both forms.
const count: Procedure<number> = { name: "count", lua: "return 1", local: () => 1 };
expectType<Equal<Awaited<ReturnType<typeof store.run<number>>>, number>>();
const counted: Promise<number> = store.run(count, ["a"]);
void counted;
// @ts-expect-error Its local form gives another answer.
const wrong: Procedure<number> = { name: "wrong", lua: "return 1", local: () => "1" };
void wrong;

const limiter: Limiter = createLimiter(store, { category: "login", max: 5, windowMs: 60_000 });
expectType<
  Equal<
    Awaited<ReturnType<typeof limiter.take>>["reason"],
    "limit" | "blocked" | "unavailable" | undefined
  >
>();
// @ts-expect-error A limit has a window.
createLimiter(store, { category: "login", max: 5 });
// @ts-expect-error Known are fixed, gcra and sliding.
createLimiter(store, { category: "login", max: 5, windowMs: 1, algorithm: "leaky" });

const states: OneTime<{ verifier: string }> = createOneTime<{ verifier: string }>(store, {
  namespace: "oidc:state",
  ttlMs: 600_000,
});
expectType<Equal<Awaited<ReturnType<typeof states.consume>>, { verifier: string } | undefined>>();
// @ts-expect-error It keeps what was declared.
void states.issue({ nonce: "a" });

// @ts-expect-error Who is here is so for a time.
createPresence(store, {});

// @ts-expect-error That is no client.
void storeOf({});
