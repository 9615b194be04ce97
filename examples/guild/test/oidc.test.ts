import { createHash } from "node:crypto";
import { expect } from "vitest";
import { beginSignIn, createOidcStates, finishSignIn } from "../src/oidc.ts";
import { keysOf, onEveryStore } from "./stores.ts";

const over = "This sign-in is over. Please begin anew.";

onEveryStore("a state comes back once, with what was remembered", async (store) => {
  const states = createOidcStates(store);
  const begun = await beginSignIn(states, { provider: "example", returnTo: "/guilds" });
  const state = await finishSignIn(states, begun.state);
  expect(state).toMatchObject({ provider: "example", returnTo: "/guilds", nonce: begun.nonce });
  expect(createHash("sha256").update(state.verifier).digest("base64url")).toBe(begun.codeChallenge);
  await expect(finishSignIn(states, begun.state)).rejects.toThrow(over);
  await expect(finishSignIn(states, "never was")).rejects.toThrow(over);
});

onEveryStore("of many who come with one state, one goes on", async (store) => {
  const states = createOidcStates(store);
  const { state } = await beginSignIn(states, { provider: "example", returnTo: "/" });
  const settled = await Promise.allSettled(
    Array.from({ length: 20 }, () => finishSignIn(states, state)),
  );
  expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});

onEveryStore("a state is kept under its uuid, for ten minutes", async (store) => {
  const states = createOidcStates(store);
  const { state } = await beginSignIn(states, { provider: "example", returnTo: "/" });
  expect(state).toMatch(/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/);
  expect(await keysOf(store, "oidc")).toEqual([`oidc:state:${state}`]);
  const leftMs = (await store.ttlMs(["oidc", "state", state]))!;
  expect(leftMs).toBeGreaterThan(9 * 60_000);
  expect(leftMs).toBeLessThanOrEqual(10 * 60_000);
  await store.expire(["oidc", "state", state], 1);
  await new Promise((resolve) => setTimeout(resolve, 30));
  await expect(finishSignIn(states, state)).rejects.toThrow(over);
});

onEveryStore("nobody is led to another site", async (store) => {
  const states = createOidcStates(store);
  for (const returnTo of ["https://evil.example", "//evil.example", String.raw`/\evil`, ""])
    await expect(beginSignIn(states, { provider: "example", returnTo })).rejects.toThrow(
      "That leads elsewhere.",
    );
});
