import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { createSessions, type Store } from "plinth/services";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { answerLost, type StoreKind } from "./kit.ts";

interface Device {
  readonly device: string;
}

export function sessionsSuite(kind: StoreKind): void {
  describe("sessions", () => {
    let store: Store;
    beforeAll(async () => {
      store = await kind.open("sessions");
    });
    afterAll(() => store.close());

    test("are found by their token, and stand under session:{user_id}", async () => {
      const sessions = createSessions<Device>(store);
      const { session, token } = await sessions.create("42", { device: "Firefox" });
      const found = await sessions.find(token);
      expect(found).toEqual(session);
      expect(found).toMatchObject({ userId: "42", data: { device: "Firefox" } });
      expect(found!.expiresAt.getTime() - found!.createdAt.getTime()).toBe(7 * 86_400_000);
      const keys: string[][] = [];
      for await (const key of store.list("session")) keys.push(key);
      expect(keys).toEqual([["session", "42"]]);
      expect(await store.ttlMs(["session", "42"])).toBeGreaterThan(6 * 86_400_000);
    });

    test("leave in the store a hash of the token, and no token", async () => {
      const sessions = createSessions(store, { namespace: "hashed" });
      const { token } = await sessions.create("42", undefined);
      const secret = token.split(".")[2]!;
      expect(Buffer.from(secret, "base64url")).toHaveLength(32);
      const fields = await store.run(
        {
          name: "dump",
          isReadOnly: true,
          lua: "return redis.call('HGETALL', KEYS[1])",
          local: (space, [key]) =>
            Object.entries(space.fields(key!)!).flatMap(([name, value]) => [name, String(value)]),
        },
        [["hashed", "42"]],
      );
      const dump = (fields as readonly string[]).join("\n");
      expect(dump).not.toContain(secret);
      expect(dump).toContain(createHash("sha256").update(secret).digest("base64url"));
    });

    test("what is no id of a session revokes nothing", async () => {
      const sessions = createSessions<Device>(store, { namespace: "no-ids" });
      const { session, token } = await sessions.create("42", { device: "a" });
      for (const id of [`d${session.id}`, "", session.id.slice(1), `${session.id} `]) {
        expect(await sessions.revoke("42", id)).toBe(false);
      }
      expect(await sessions.find(token)).toEqual(session);
    });

    test("a rotation whose answer the store lost is found to have been made", async () => {
      const lossy = answerLost(store, "change a session");
      const sessions = createSessions<Device>(lossy, { namespace: "lost-answer" });
      const { token } = await sessions.create("42", { device: "a" });
      const rotation = await sessions.rotate(token);
      if (rotation.status !== "rotated") throw new Error(rotation.status);
      expect(await sessions.find(rotation.token)).toEqual(rotation.session);
      expect(await sessions.rotate(token)).toMatchObject({ status: "reused" });
    });

    test("a rotation that the store never got leaves the token good", async () => {
      const lossy = answerLost(store, "change a session", { isDone: false });
      const sessions = createSessions<Device>(lossy, { namespace: "lost-question" });
      const { token } = await sessions.create("42", { device: "a" });
      await expect(sessions.rotate(token)).rejects.toMatchObject({ code: "E_CONNECTION_LOST" });
      expect(await sessions.rotate(token)).toMatchObject({ status: "rotated" });
    });

    test("what is no token of a session finds nothing", async () => {
      const sessions = createSessions<Device>(store, { namespace: "strangers" });
      const { token } = await sessions.create("42", { device: "a" });
      const other = await sessions.create("43", { device: "b" });
      const [user, id, secret] = token.split(".");
      const [user43, , secret43] = other.token.split(".");
      const hostile: unknown[] = [
        "",
        "..",
        token.slice(0, -1),
        `${token}A`,
        `${user}.${id}.${secret43}`,
        `${user43}.${id}.${secret}`,
        `${user}=.${id}.${secret}`,
        `*.${id}.${secret}`,
        `${Buffer.from("*").toString("base64url")}.${id}.${secret}`,
        `${Buffer.from("42\r\nDEL").toString("base64url")}.${id}.${secret}`,
        "x".repeat(1_000_000),
        undefined,
        null,
        0,
        {},
        [token],
        { toString: () => token },
      ];
      for (const each of hostile) {
        expect(await sessions.find(each as string)).toBeUndefined();
        expect(await sessions.rotate(each as string)).toEqual({ status: "unknown" });
      }
      // A guess doesn't end anybody's session.
      expect(await sessions.find(token)).toBeDefined();
      for (const userId of ["", "x".repeat(201), 42 as unknown as string]) {
        await expect(sessions.create(userId, { device: "" })).rejects.toMatchObject({
          code: "E_INVALID_VALUE",
        });
      }
    });

    test("promise 32: users with hostile names have sessions of their own", async () => {
      const sessions = createSessions<Device>(store, { namespace: "hostile" });
      const names = [
        "a:b",
        "a",
        "*",
        "{a}",
        "a\r\nFLUSHALL",
        "ä",
        "%2A",
        "__proto__",
        "constructor",
      ];
      const tokens = await Promise.all(
        names.map((name) => sessions.create(name, { device: name })),
      );
      for (const [index, { token }] of tokens.entries()) {
        expect(await sessions.find(token)).toMatchObject({ data: { device: names[index] } });
      }
      expect(await sessions.revokeAll("*")).toBe(1);
      expect(await sessions.revokeAll("a")).toBe(1);
      expect(await sessions.list("a:b")).toHaveLength(1);
    });

    test("end when nobody touches them, and at last in any case", async () => {
      const sessions = createSessions(store, { namespace: "ends", idleMs: 400, maxMs: 1_000 });
      const idle = await sessions.create("idle", undefined);
      const busy = await sessions.create("busy", undefined);
      const endMs = performance.now() + 700;
      while (performance.now() < endMs) {
        expect(await sessions.touch(busy.token)).toBeDefined();
        await sleep(50);
      }
      expect(await sessions.find(idle.token)).toBeUndefined();
      expect(await sessions.list("idle")).toEqual([]);
      const found = await sessions.find(busy.token);
      expect(found!.expiresAt.getTime()).toBeLessThanOrEqual(found!.createdAt.getTime() + 1_000);
      await sleep(400);
      expect(await sessions.touch(busy.token)).toBeUndefined();
      expect(await store.ttlMs(["ends", "busy"])).toBeUndefined();
    });

    test("promise 30: a program's clock has no say", async () => {
      const sessions = createSessions(store, { namespace: "clock", idleMs: 60_000 });
      const { token } = await sessions.create("42", undefined);
      const now = Date.now;
      try {
        for (const leapMs of [3_600_000, -3_600_000, 400 * 86_400_000]) {
          Date.now = () => now() + leapMs;
          expect(await sessions.touch(token)).toBeDefined();
          const left = await store.ttlMs(["clock", "42"]);
          expect(left).toBeGreaterThan(50_000);
          expect(left).toBeLessThanOrEqual(60_000);
        }
      } finally {
        Date.now = now;
      }
      console.log(
        `promise 30 on ${kind.name}: leaps of an hour and a year, the session lasts as told`,
      );
    });

    test("a rotated token is good for nothing, and whoever uses it ends the session", async () => {
      const sessions = createSessions<Device>(store, { namespace: "rotate" });
      const { session, token } = await sessions.create("42", { device: "a" });
      const bystander = await sessions.create("42", { device: "b" });
      const first = await sessions.rotate(token);
      if (first.status !== "rotated") throw new Error(first.status);
      expect(first.session).toMatchObject({ id: session.id, data: { device: "a" } });
      const second = await sessions.rotate(first.token);
      if (second.status !== "rotated") throw new Error(second.status);
      expect(await sessions.find(second.token)).toBeDefined();

      const reused = await sessions.rotate(token);
      expect(reused).toEqual({ status: "reused", userId: "42", sessionId: session.id });
      expect(await sessions.find(second.token)).toBeUndefined();
      expect(await sessions.rotate(second.token)).toEqual({ status: "unknown" });
      expect(await sessions.find(bystander.token)).toBeDefined();

      const third = await sessions.rotate(bystander.token);
      if (third.status !== "rotated") throw new Error(third.status);
      expect(await sessions.find(bystander.token)).toBeUndefined();
      expect(await sessions.find(third.token)).toBeUndefined();
    });

    test("of many who rotate one token at once, one gets a new one", async () => {
      const sessions = createSessions(store, { namespace: "crowd", graceMs: 30_000 });
      for (let round = 0; round < 5; round++) {
        const { token } = await sessions.create("42", undefined);
        const outcomes = await Promise.all(
          Array.from({ length: 40 }, () => sessions.rotate(token)),
        );
        const statuses = outcomes.map(({ status }) => status);
        expect(statuses.filter((status) => status === "rotated")).toHaveLength(1);
        expect(statuses.filter((status) => status === "superseded")).toHaveLength(39);
      }
    });

    test("a grace leaves the token before to what was under way", async () => {
      const sessions = createSessions(store, { namespace: "grace", graceMs: 300 });
      const { token } = await sessions.create("42", undefined);
      const first = await sessions.rotate(token);
      expect(await sessions.find(token)).toBeDefined();
      expect(await sessions.rotate(token)).toMatchObject({ status: "superseded" });
      await sleep(350);
      expect(await sessions.find(token)).toBeUndefined();
      expect(first.status === "rotated" && (await sessions.find(first.token))).toBeUndefined();
    });

    test("are listed, and revoked one or all", async () => {
      const sessions = createSessions<Device>(store, { namespace: "devices" });
      const made = [];
      for (const device of ["phone", "laptop", "tablet"]) {
        made.push(await sessions.create("42", { device }));
        await sleep(3);
      }
      const devices = (await sessions.list("42")).map(({ data }) => data.device);
      expect(devices).toEqual(["tablet", "laptop", "phone"]);
      expect(await sessions.revoke("42", made[0]!.session.id)).toBe(true);
      expect(await sessions.revoke("42", made[0]!.session.id)).toBe(false);
      expect(await sessions.revoke("43", made[1]!.session.id)).toBe(false);
      expect(await sessions.revoke("42", `d${made[1]!.session.id}`)).toBe(false);
      expect((await sessions.find(made[1]!.token))?.data).toEqual({ device: "laptop" });
      expect(await sessions.find(made[0]!.token)).toBeUndefined();
      expect(await sessions.revokeAll("42", { except: made[1]!.session.id })).toBe(1);
      expect(await sessions.find(made[1]!.token)).toBeDefined();
      expect(await sessions.revokeAll("42")).toBe(1);
      expect(await sessions.find(made[1]!.token)).toBeUndefined();
      expect(await sessions.list("42")).toEqual([]);
    });

    test("a user has no more than so many", async () => {
      const sessions = createSessions<Device>(store, { namespace: "many", maxPerUser: 3 });
      const made = [];
      for (const device of ["a", "b", "c", "d", "e"]) {
        made.push(await sessions.create("42", { device }));
        await sleep(3);
      }
      expect((await sessions.list("42")).map(({ data }) => data.device)).toEqual(["e", "d", "c"]);
      expect(await sessions.find(made[0]!.token)).toBeUndefined();
    });

    test("what is kept with a session is changed in place", async () => {
      const sessions = createSessions<{ readonly at: Date; readonly cart: readonly bigint[] }>(
        store,
        {
          namespace: "update",
        },
      );
      const { token } = await sessions.create("42", { at: new Date(1), cart: [] });
      const changed = await sessions.update(token, { at: new Date(2), cart: [1n] });
      expect(changed?.data).toEqual({ at: new Date(2), cart: [1n] });
      expect((await sessions.find(token))?.data).toEqual({ at: new Date(2), cart: [1n] });
      const none = createSessions(store, { namespace: "update none" });
      expect((await none.find((await none.create("42", undefined)).token))?.data).toBeUndefined();
    });
  });
}
