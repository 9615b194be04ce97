import { setTimeout as sleep } from "node:timers/promises";
import type { Rotation, SessionRules, Sessions } from "../../services/session/session.ts";
import { failureOf, type Expect } from "./kit.ts";

export interface Device {
  readonly device: string;
}

export const HOSTILE_USERS: readonly string[] = [
  "a:b",
  "a",
  "*",
  "{a}",
  "a\r\nFLUSHALL",
  "ä",
  "%2A",
  "' or 1=1 --",
  "__proto__",
  "constructor",
];

/** Makes sessions that have nothing to do with those of other cases. */
export type MakeSessions = <Data>(rules?: SessionRules) => Sessions<Data>;

export type DefineSessionCase = (name: string, run: (make: MakeSessions) => Promise<void>) => void;

function tokenOf(rotation: Rotation<unknown>): string {
  if (rotation.status === "rotated") return rotation.token;
  throw new Error(`The token was not rotated: ${rotation.status}.`);
}

/** What holds wherever sessions are kept: in a store, or in a table. */
export function sessionCases(test: DefineSessionCase, expect: Expect): void {
  tokenCases(test, expect);
  endCases(test, expect);
  rotationCases(test, expect);
  listCases(test, expect);
}

function tokenCases(test: DefineSessionCase, expect: Expect): void {
  test("are found by their token", async (make) => {
    const sessions = make<Device>();
    const { session, token } = await sessions.create("42", { device: "Firefox" });
    const found = (await sessions.find(token))!;
    expect(found).toEqual(session);
    expect(found).toMatchObject({ userId: "42", data: { device: "Firefox" } });
    expect(found.expiresAt.getTime() - found.createdAt.getTime()).toBe(7 * 86_400_000);
    expect(found.usedAt).toEqual(found.createdAt);
  });

  test("what is no token of a session finds nothing", async (make) => {
    const sessions = make<Device>();
    const { token } = await sessions.create("42", { device: "a" });
    const other = await sessions.create("43", { device: "b" });
    const [user, id, secret] = token.split(".");
    const [user43, id43, secret43] = other.token.split(".");
    const named = (name: string): string => Buffer.from(name).toString("base64url");
    const hostile: unknown[] = [
      "",
      "..",
      token.slice(0, -1),
      `${token}A`,
      `${user}.${id}.${secret43}`,
      `${user43}.${id}.${secret}`,
      `${user}.${id43}.${secret}`,
      `${user}=.${id}.${secret}`,
      `*.${id}.${secret}`,
      `${user}.d${id}.${secret}`,
      `${named("*")}.${id}.${secret}`,
      `${named("42\r\nDEL")}.${id}.${secret}`,
      `${named("42\0")}.${id}.${secret}`,
      `${named("42 ")}.${id}.${secret}`,
      "x".repeat(1_000_000),
      undefined,
      null,
      0,
      {},
      [token],
      { toString: () => token },
    ];
    for (const each of hostile) {
      expect(await sessions.find(each as string)).toBe(undefined);
      expect(await sessions.rotate(each as string)).toEqual({ status: "unknown" });
    }
    // A guess doesn't end anybody's session.
    expect((await sessions.find(token))?.userId).toBe("42");
    for (const userId of ["", "x".repeat(201), 42 as unknown as string]) {
      const refused = await failureOf(sessions.create(userId, { device: "" }));
      expect(refused).toMatchObject({ code: "E_INVALID_VALUE" });
    }
  });

  test("promise 32: users with hostile names have sessions of their own", async (make) => {
    const sessions = make<Device>();
    const tokens = await Promise.all(
      HOSTILE_USERS.map((name) => sessions.create(name, { device: name })),
    );
    for (const [index, { token }] of tokens.entries()) {
      expect(await sessions.find(token)).toMatchObject({ data: { device: HOSTILE_USERS[index] } });
    }
    expect(await sessions.revokeAll("*")).toBe(1);
    expect(await sessions.revokeAll("a")).toBe(1);
    expect((await sessions.list("a:b")).length).toBe(1);
  });

  test("what is kept with a session is changed in place", async (make) => {
    interface Cart {
      readonly at: Date;
      readonly cart: readonly bigint[];
    }
    const sessions = make<Cart>();
    const { token } = await sessions.create("42", { at: new Date(1), cart: [] });
    const changed = await sessions.update(token, { at: new Date(2), cart: [1n] });
    expect(changed?.data).toEqual({ at: new Date(2), cart: [1n] });
    expect((await sessions.find(token))?.data).toEqual({ at: new Date(2), cart: [1n] });
    const guess = token.slice(0, -43) + "A".repeat(43);
    expect(await sessions.update(guess, { at: new Date(3), cart: [] })).toBe(undefined);
    const none = make<undefined>();
    const empty = await none.create("43", undefined);
    expect((await none.find(empty.token))?.data).toBe(undefined);
  });
}

function endCases(test: DefineSessionCase, expect: Expect): void {
  test("end when nobody touches them, and at last in any case", async (make) => {
    // So long that a machine which is busy elsewhere comes back to the touched one in time.
    const sessions = make<undefined>({ idleMs: 3_000 });
    const brief = make<undefined>({ idleMs: 3_000, maxMs: 1_500 });
    const idle = await sessions.create("idle", undefined);
    const busy = await sessions.create("busy", undefined);
    const bounded = await brief.create("busy", undefined);
    expect(bounded.session.expiresAt.getTime() - bounded.session.createdAt.getTime()).toBe(1_500);
    const endMs = performance.now() + 3_200;
    while (performance.now() < endMs) {
      expect((await sessions.touch(busy.token))?.id).toBe(busy.session.id);
      const touched = await brief.touch(bounded.token);
      expect(touched?.expiresAt ?? bounded.session.expiresAt).toEqual(bounded.session.expiresAt);
      await sleep(50);
    }
    expect(await brief.touch(bounded.token)).toBe(undefined);
    expect(await sessions.find(idle.token)).toBe(undefined);
    expect(await sessions.list("idle")).toEqual([]);
    expect((await sessions.find(busy.token))?.id).toBe(busy.session.id);
  });

  test("promise 30: a program's clock has no say", async (make) => {
    const sessions = make<undefined>({ idleMs: 60_000 });
    const { token } = await sessions.create("42", undefined);
    const now = Date.now;
    try {
      for (const leapMs of [3_600_000, -3_600_000, 400 * 86_400_000]) {
        Date.now = () => now() + leapMs;
        const touched = (await sessions.touch(token))!;
        const leftMs = touched.expiresAt.getTime() - now();
        expect([leftMs > 50_000, leftMs <= 61_000]).toEqual([true, true]);
      }
    } finally {
      Date.now = now;
    }
  });
}

function rotationCases(test: DefineSessionCase, expect: Expect): void {
  test("a rotated token is good for nothing, and whoever uses it ends the session", async (make) => {
    const sessions = make<Device>();
    const { session, token } = await sessions.create("42", { device: "a" });
    const bystander = await sessions.create("42", { device: "b" });
    const first = await sessions.rotate(token);
    expect(first).toMatchObject({ session: { id: session.id, data: { device: "a" } } });
    const second = tokenOf(await sessions.rotate(tokenOf(first)));
    expect((await sessions.find(second))?.id).toBe(session.id);

    const reused = await sessions.rotate(token);
    expect(reused).toEqual({ status: "reused", userId: "42", sessionId: session.id });
    expect(await sessions.find(second)).toBe(undefined);
    expect(await sessions.rotate(second)).toEqual({ status: "unknown" });
    expect((await sessions.find(bystander.token))?.data).toEqual({ device: "b" });

    const third = tokenOf(await sessions.rotate(bystander.token));
    expect(await sessions.find(bystander.token)).toBe(undefined);
    expect(await sessions.find(third)).toBe(undefined);
  });

  test("a copy is known after many turns", async (make) => {
    const sessions = make<undefined>();
    const { token } = await sessions.create("42", undefined);
    let last = token;
    for (let turn = 0; turn < 60; turn++) last = tokenOf(await sessions.rotate(last));
    const { status } = await sessions.rotate(token);
    // Beyond fifty it is as unknown as any other text.
    expect(status).toBe("unknown");
    expect((await sessions.find(last))?.userId).toBe("42");
  });

  test("of many who rotate one token at once, one gets a new one", async (make) => {
    const sessions = make<undefined>({ graceMs: 30_000 });
    for (let round = 0; round < 3; round++) {
      const { token } = await sessions.create("42", undefined);
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => sessions.rotate(token)));
      const statuses = outcomes.map(({ status }) => status).toSorted();
      expect(statuses).toEqual(["rotated", ...Array<string>(19).fill("superseded")]);
    }
  });

  test("a grace leaves the token before to what was under way", async (make) => {
    const sessions = make<undefined>({ graceMs: 60_000 });
    const { session, token } = await sessions.create("42", undefined);
    tokenOf(await sessions.rotate(token));
    expect((await sessions.find(token))?.id).toBe(session.id);
    expect(await sessions.rotate(token)).toMatchObject({ status: "superseded" });

    const brief = make<undefined>({ graceMs: 50 });
    const other = await brief.create("42", undefined);
    const next = tokenOf(await brief.rotate(other.token));
    await sleep(100);
    expect(await brief.find(other.token)).toBe(undefined);
    expect(await brief.find(next)).toBe(undefined);
  });
}

function listCases(test: DefineSessionCase, expect: Expect): void {
  test("are listed, and revoked one or all", async (make) => {
    const sessions = make<Device>();
    const made = [];
    for (const device of ["phone", "laptop", "tablet"]) {
      made.push(await sessions.create("42", { device }));
      await sleep(3);
    }
    const [phone, laptop] = made as [(typeof made)[0], (typeof made)[0]];
    const devices = (await sessions.list("42")).map(({ data }) => data.device);
    expect(devices).toEqual(["tablet", "laptop", "phone"]);
    expect(await sessions.revoke("42", phone.session.id)).toBe(true);
    expect(await sessions.revoke("42", phone.session.id)).toBe(false);
    expect(await sessions.revoke("43", laptop.session.id)).toBe(false);
    for (const id of [`d${laptop.session.id}`, "", laptop.session.id.slice(1), "%"])
      expect(await sessions.revoke("42", id)).toBe(false);
    expect((await sessions.find(laptop.token))?.data).toEqual({ device: "laptop" });
    expect(await sessions.find(phone.token)).toBe(undefined);
    expect(await sessions.revokeAll("42", { except: laptop.session.id })).toBe(1);
    expect((await sessions.find(laptop.token))?.id).toBe(laptop.session.id);
    expect(await sessions.revokeAll("42")).toBe(1);
    expect(await sessions.find(laptop.token)).toBe(undefined);
    expect(await sessions.list("42")).toEqual([]);
  });

  test("a user has no more than so many", async (make) => {
    const sessions = make<Device>({ maxPerUser: 3 });
    const made = [];
    for (const device of ["a", "b", "c", "d", "e"]) {
      made.push(await sessions.create("42", { device }));
      await sleep(3);
    }
    const devices = (await sessions.list("42")).map(({ data }) => data.device);
    expect(devices).toEqual(["e", "d", "c"]);
    expect(await sessions.find(made[0]!.token)).toBe(undefined);
  });
}
