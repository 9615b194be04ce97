import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { createSessions, type Store } from "plinth/services";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sessionCases, type Device } from "../../../src/testing/conformance/sessions.ts";
import { answerLost, offBy, type StoreKind } from "./kit.ts";

export function sessionsSuite(kind: StoreKind): void {
  describe("sessions", () => {
    let store: Store;
    beforeAll(async () => {
      store = await kind.open("sessions");
    });
    afterAll(() => store.close());

    let place = 0;
    sessionCases(
      (name, run) =>
        test(name, () =>
          run((rules) => createSessions(store, { namespace: `case-${place++}`, ...rules })),
        ),
      expect,
    );

    test("stand under session:{user_id}, as long as the last of them lasts", async () => {
      const sessions = createSessions(store, { idleMs: 2_500 });
      await sessions.create("42", undefined);
      const keys: string[][] = [];
      for await (const key of store.list("session")) keys.push(key);
      expect(keys).toEqual([["session", "42"]]);
      expect(await store.ttlMs(["session", "42"])).toBeLessThanOrEqual(2_500);
      await sleep(2_550);
      expect(await store.ttlMs(["session", "42"])).toBeUndefined();
    });

    test("promise 30: whoever is touched after the clock was put back lasts no longer for it", async () => {
      let offMs = 0;
      const off = offBy(store, "read a session", () => offMs);
      const sessions = createSessions(off, { namespace: "put-back", idleMs: 60_000 });
      const { session, token } = await sessions.create("42", undefined);
      offMs = -3_600_000;
      const touched = (await sessions.touch(token))!;
      expect(touched.usedAt.getTime()).toBeLessThan(session.createdAt.getTime() - 3_000_000);
      offMs += 61_000;
      expect(await sessions.find(token)).toBeUndefined();
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
  });
}
