import { filesOf } from "../server/src/cached.ts";
import {
  addFile,
  deleteFile,
  restoreFile,
  shareFile,
  usedBytes,
  userWithFiles,
} from "../server/src/files.ts";
import {
  createUser,
  deleteUser,
  findUserByEmail,
  listUsers,
  restoreUser,
  setStorageLimit,
} from "../server/src/users.ts";
import type { Vault } from "../server/src/vault.ts";
import { bob, refused } from "./people.ts";
import * as print from "./print.ts";

const MIB = 1_048_576;

export async function stored({ db }: Vault): Promise<void> {
  print.chapter("Files", "server/src/files.ts");
  print.say(
    "The database knows whose a file is, how large, and where its content is. Of two uploads at once that don't fit " +
      "together one is kept: serializable transactions, run again where one was in the other's way.",
  );
  await setStorageLimit(db, 1, 10 * MIB);
  const names = ["diary.txt", "map.png"];
  const [diary] = await Promise.all(
    names.map((name) =>
      addFile(db, { ownerId: 1, name, mediaType: typeOf(name), size: 4 * MIB, path: `1/${name}` }),
    ),
  );
  await refused("Alice", () =>
    addFile(db, {
      ownerId: 1,
      name: "film.mp4",
      mediaType: typeOf("film.mp4"),
      size: 4 * MIB,
      path: "1/film.mp4",
    }),
  );
  const friend = await findUserByEmail(db, bob.email);
  await shareFile(db, diary!.id, friend!.id);
  await shareFile(db, diary!.id, friend!.id);
  const owner = await userWithFiles(db, 1);
  print.rows(
    owner!.files.map(({ mediaType, name, sharedWith, size }) => ({
      file: name,
      type: mediaType,
      size,
      "shared with": sharedWith.map(({ ocid }) => ocid).join(", ") || null,
    })),
  );
  const reader = await userWithFiles(db, friend!.id);
  print.rows(
    reader!.sharedFiles.map((file) => ({ "bob sees": file.name, of: file.owner?.ocid ?? null })),
  );
}

function typeOf(name: string): string {
  const types: Readonly<Record<string, string>> = { txt: "text/plain", png: "image/png" };
  return types[name.slice(name.indexOf(".") + 1)] ?? "application/octet-stream";
}

export async function deleted(vault: Vault): Promise<void> {
  const { db } = vault;
  print.chapter("Deleting softly", "server/src/files.ts");
  print.say(
    "A deleted file is left out of every list, counts no more, and comes back as it was. So does a user, whose sessions " +
      "end at once.",
  );
  const told = async (after: string): Promise<void> => {
    const seen = await filesOf(vault, 1);
    const names = seen.map(({ name }) => name).join(", ");
    print.rows([{ after, "from the cache": names, "bytes used": await usedBytes(db, 1) }]);
  };
  await told("before");
  const [diary] = await filesOf(vault, 1);
  await deleteFile(db, diary!);
  await told("deleted");
  await restoreFile(db, diary!.id);
  await told("restored");
  const friend = await findUserByEmail(db, bob.email);
  await refused("Bob", () => deleteFile(db, { id: diary!.id, ownerId: friend!.id }));
  await vault.sessions.create(String(friend!.id), { agent: "Firefox on Linux" });
  await deleteUser(db, friend!.id);
  const isFound = (await findUserByEmail(db, bob.email)) !== undefined;
  const devices = await vault.sessions.list(String(friend!.id));
  await restoreUser(db, friend!.id);
  const isBack = (await findUserByEmail(db, bob.email)) !== undefined;
  print.rows([{ "bob is found": isFound, devices: devices.length, "restored is found": isBack }]);
}

export async function paged({ db }: Vault): Promise<void> {
  print.chapter("Pages", "server/src/users.ts");
  print.say("Users by their addresses, a page at a time, made in one transaction.");
  await db.transaction(async (tx) => {
    for (let at = 1; at <= 43; at++)
      await createUser(tx, { email: `user${at}@example.net`, ocid: `user${at}`, passwd: "none" });
  });
  const { items, page, pages, total } = await listUsers(db, "EXAMPLE.NET", { page: 3, size: 20 });
  print.rows([{ page, pages, total, "on this page": items.length, first: items[0]!.ocid }]);
}
