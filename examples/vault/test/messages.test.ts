import { setTimeout as sleep } from "node:timers/promises";
import { expect, vi } from "vitest";
import { addFile, deleteFile, shareFile } from "../server/src/files.ts";
import { deliverMessages } from "../server/src/messages.ts";
import { createUser } from "../server/src/users.ts";
import type { Vault } from "../server/src/vault.ts";
import { everywhere } from "./databases.ts";

async function sharing({ db }: Vault) {
  const [alice, bob] = [
    await createUser(db, { email: "alice@example.com", ocid: "alice", passwd: "none" }),
    await createUser(db, { email: "bob@example.com", ocid: "bob", passwd: "none" }),
  ];
  const add = (name: string) =>
    addFile(db, { ownerId: alice.id, name, mediaType: "text/plain", size: 1, path: `a/${name}` });
  return { bob, diary: await add("diary.txt"), map: await add("map.png") };
}

everywhere("who is given a share is told once, when it is committed", async (vault) => {
  const { db, messages } = vault;
  const { bob, diary, map } = await sharing(vault);
  await expect(
    db.transaction(async (tx) => {
      await shareFile(tx, diary.id, bob.id);
      throw new Error("undone");
    }),
  ).rejects.toThrow("undone");
  expect(await messages.counts()).toMatchObject({ waiting: 0 });
  await shareFile(db, diary.id, bob.id);
  await shareFile(db, diary.id, bob.id);
  await shareFile(db, map.id, bob.id);
  await deleteFile(db, map);
  await vi.waitFor(async () => expect(await messages.counts()).toMatchObject({ waiting: 2 }), {
    timeout: 20_000,
  });

  const told: string[] = [];
  const worker = await deliverMessages(vault, (userId, text) => told.push(`${userId}: ${text}`));
  await vi.waitFor(
    async () => expect(await messages.counts()).toMatchObject({ waiting: 0, active: 0 }),
    { timeout: 20_000 },
  );
  await worker.stop();
  expect(told).toEqual([`${bob.id}: alice shares diary.txt`]);
});

everywhere("what nobody delivers in time is dropped", async (vault) => {
  const { messages } = vault;
  const { bob, diary } = await sharing(vault);
  await messages.add("file.shared", { fileId: diary.id, userId: bob.id }, { ttlMs: 50 });
  await sleep(80);
  const told: string[] = [];
  const worker = await deliverMessages(vault, (_, text) => told.push(text));
  await vi.waitFor(
    async () => expect(await messages.counts()).toMatchObject({ waiting: 0, active: 0 }),
    { timeout: 20_000 },
  );
  await worker.stop();
  expect(told).toEqual([]);
});
