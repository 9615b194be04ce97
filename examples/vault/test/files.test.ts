import { expect, vi } from "vitest";
import { filesOf, profileOf } from "../server/src/cached.ts";
import {
  addFile,
  deleteFile,
  renameFile,
  restoreFile,
  shareFile,
  usedBytes,
  userWithFiles,
} from "../server/src/files.ts";
import { changeEmail, createUser, deleteUser, setStorageLimit } from "../server/src/users.ts";
import type { Vault } from "../server/src/vault.ts";
import { everywhere } from "./databases.ts";

const nameOf = ({ name }: { readonly name: string }): string => name;

async function people({ db }: Vault) {
  const [alice, bob] = [
    await createUser(db, { email: "alice@example.com", ocid: "alice", passwd: "none" }),
    await createUser(db, { email: "bob@example.com", ocid: "bob", passwd: "none" }),
  ];
  const add = (name: string, size = 10) =>
    addFile(db, { ownerId: alice.id, name, mediaType: "text/plain", size, path: `a/${name}` });
  return { add, alice, bob };
}

everywhere("of uploads at once those are kept that fit together", async (vault) => {
  const { add, alice } = await people(vault);
  await setStorageLimit(vault.db, alice.id, 25);
  const all = await Promise.allSettled(["a", "b", "c", "d"].map((name) => add(name)));
  expect(all.filter(({ status }) => status === "fulfilled")).toHaveLength(2);
  for (const one of all)
    if (one.status === "rejected") expect(one.reason).toMatchObject({ reason: "too large" });
  expect(await usedBytes(vault.db, alice.id)).toBe(20);

  const [first] = await filesOf(vault, alice.id);
  await deleteFile(vault.db, first!);
  await add("e", 15);
  expect(await usedBytes(vault.db, alice.id)).toBe(25);
  const nobody = { ownerId: 99, name: "x", mediaType: "text/plain", size: 1, path: "x" };
  await expect(addFile(vault.db, nobody)).rejects.toMatchObject({ reason: "not found" });
});

everywhere("files are loaded with whom they are shared, without what is deleted", async (vault) => {
  const { db } = vault;
  const { add, alice, bob } = await people(vault);
  const [diary, map] = [await add("diary.txt"), await add("map.png")];
  await shareFile(db, diary.id, bob.id);
  await shareFile(db, diary.id, bob.id);
  await shareFile(db, map.id, bob.id);
  await deleteFile(db, map);
  expect(await userWithFiles(db, alice.id)).toMatchObject({
    files: [{ name: "diary.txt", sharedWith: [{ ocid: "bob" }] }],
    sharedFiles: [],
  });
  expect(await userWithFiles(db, bob.id)).toMatchObject({
    files: [],
    sharedFiles: [{ name: "diary.txt", owner: { ocid: "alice" } }],
  });
  await deleteUser(db, bob.id);
  expect(await userWithFiles(db, alice.id)).toMatchObject({ files: [{ sharedWith: [] }] });
});

everywhere("who isn't the owner changes nothing", async (vault) => {
  const { add, bob } = await people(vault);
  const { id } = await add("diary.txt");
  const theirs = { id, ownerId: bob.id };
  await expect(renameFile(vault.db, theirs, "x")).rejects.toMatchObject({ reason: "not found" });
  await expect(deleteFile(vault.db, theirs)).rejects.toMatchObject({ reason: "not found" });
});

everywhere("whatever changes a row makes void what is cached of it", async (vault) => {
  const { db } = vault;
  const { add, alice } = await people(vault);
  expect(await filesOf(vault, alice.id)).toEqual([]);
  const diary = await add("diary.txt");
  const seen = await filesOf(vault, alice.id);
  expect(seen).toEqual([diary]);
  await renameFile(db, diary, "b.txt");
  expect((await filesOf(vault, alice.id)).map(nameOf)).toEqual(["b.txt"]);
  await deleteFile(db, diary);
  expect(await filesOf(vault, alice.id)).toEqual([]);
  await restoreFile(db, diary.id);
  expect((await filesOf(vault, alice.id)).map(nameOf)).toEqual(["b.txt"]);

  const { loads } = vault.cache.stats();
  for (let at = 0; at < 3; at++) await filesOf(vault, alice.id);
  expect(vault.cache.stats().loads).toBe(loads);
});

everywhere("a commit makes void, a rollback nothing, and no hash is cached", async (vault) => {
  const { db } = vault;
  const { alice } = await people(vault);
  expect(await profileOf(vault, alice.id)).toEqual({
    id: alice.id,
    email: "alice@example.com",
    ocid: "alice",
    storageLimit: 1_073_741_824,
  });
  const change = (email: string, isUndone: boolean): Promise<void> =>
    db.transaction(async (tx) => {
      await changeEmail(tx, alice.id, email);
      if (isUndone) throw new Error("undone");
    });
  const { loads } = vault.cache.stats();
  await expect(change("x@example.com", true)).rejects.toThrow("undone");
  expect(await profileOf(vault, alice.id)).toMatchObject({ email: "alice@example.com" });
  expect(vault.cache.stats().loads).toBe(loads);
  await change("alice@example.org", false);
  expect(await profileOf(vault, alice.id)).toMatchObject({ email: "alice@example.org" });

  const next = alice.id + 2;
  expect(await profileOf(vault, next)).toBeUndefined();
  await createUser(db, { email: "c@example.com", ocid: "c", passwd: "none" });
  expect(await profileOf(vault, next)).toMatchObject({ ocid: "c" });
});

everywhere("a write is committed when the store is away, and seen soon after", async (vault) => {
  const { alice } = await people(vault);
  expect(await profileOf(vault, alice.id)).toMatchObject({ email: "alice@example.com" });
  const away = vi.spyOn(vault.cache, "invalidateTags").mockRejectedValueOnce(new Error("Away."));
  await changeEmail(vault.db, alice.id, "new@example.com");
  expect(away).toHaveBeenCalled();
  await vi.waitFor(
    async () =>
      expect(await profileOf(vault, alice.id)).toMatchObject({ email: "new@example.com" }),
    { timeout: 20_000 },
  );
});
