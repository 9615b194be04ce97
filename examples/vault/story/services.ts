import { migrate, migrateDown, migrationStatus } from "plinth/migrate";
import { migrations } from "../server/migration/src/lib.ts";
import { changePassword, signIn, signOut, signUp, whoIs } from "../server/src/auth.ts";
import { profileOf } from "../server/src/cached.ts";
import { deliverMessages } from "../server/src/messages.ts";
import { changeEmail } from "../server/src/users.ts";
import type { Vault } from "../server/src/vault.ts";
import * as print from "./print.ts";
import { alice, bob, refused } from "./people.ts";

export async function migrated({ db, outbox }: Vault): Promise<void> {
  print.chapter("Migrations", "server/migration/src/lib.ts");
  print.say(
    "Each is a module that the list of all registers. All of them are taken back, as before the entities are written anew, " +
      "and applied again.",
  );
  // Its tables are among them.
  await outbox.stop();
  const taken = await migrateDown(db, { migrations, count: 100 });
  const applied = await migrate(db, { migrations });
  outbox.start();
  const status = await migrationStatus(db, { migrations });
  print.rows(status.map(({ name, state }) => ({ migration: name, state })));
  print.rows([{ "down -n 100": taken.length, up: applied.length }]);
}

export async function loggedIn(vault: Vault): Promise<void> {
  print.chapter("Sessions", "server/src/auth.ts");
  print.say(
    "Sessions are in the store, under their user's key, and of their tokens only hashes. A new password ends all of them.",
  );
  const user = await signUp(vault, alice);
  await signUp(vault, bob);
  await refused("Mallory", () => signUp(vault, { ...alice, ocid: "mallory" }));
  await refused("Alice", () => signIn(vault, { ...alice, password: "looking glass" }, phone));
  const [first, second] = [
    await signIn(vault, alice, phone),
    await signIn(vault, alice, { agent: "Firefox on Linux" }),
  ];
  await told("signed in twice", first.token, second.token);
  await signOut(vault, second.token);
  await told("signed out on Linux", first.token, second.token);
  await changePassword(vault, user.id, alice.password);
  await told("a new password", first.token, second.token);

  async function told(after: string, ...tokens: readonly string[]): Promise<void> {
    const [onPhone, onLinux] = await Promise.all(tokens.map((token) => whoIs(vault, token)));
    const devices = await vault.sessions.list(String(user.id));
    print.rows([
      {
        after,
        key: devices.length === 0 ? null : `session:${user.id}`,
        devices: devices.length,
        phone: onPhone?.profile.ocid ?? null,
        linux: onLinux?.profile.ocid ?? null,
      },
    ]);
  }
}

export async function delivered(vault: Vault): Promise<void> {
  const { messages, outbox } = vault;
  print.chapter("Messages", "server/src/messages.ts");
  print.say(
    "Who is given a share is told so. What is to be told waits in the store until somebody delivers it, a day at most.",
  );
  const told: { readonly user: number; readonly message: string }[] = [];
  while ((await outbox.counts()).waiting > 0) await pause();
  const { waiting } = await messages.counts();
  const worker = await deliverMessages(vault, (user, message) => told.push({ user, message }));
  while (told.length < waiting) await pause();
  await worker.stop();
  print.rows(told);
  print.rows([{ "waited before": waiting, "waits now": (await messages.counts()).waiting }]);
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 10));

const phone = { agent: "Safari on an iPhone" };

export async function cached(vault: Vault): Promise<void> {
  print.chapter("The cache", "server/src/cached.ts");
  print.say(
    "A profile is read from the database once. Whatever changes the user makes it void with its commit, and what is rolled " +
      "back makes nothing void.",
  );
  const before = vault.cache.stats();
  const shown: { readonly what: string; readonly email: string; readonly loads: number }[] = [];
  const look = async (what: string): Promise<void> => {
    const profile = await profileOf(vault, 1);
    const { loads } = vault.cache.stats();
    shown.push({ what, email: profile!.email, loads: loads - before.loads });
  };
  await vault.cache.clear();
  await look("first");
  await look("again");
  await vault.db.transaction((tx) => changeEmail(tx, 1, "alice@example.org"));
  await look("changed");
  await vault.db
    .transaction(async (tx) => {
      await changeEmail(tx, 1, "mallory@example.org");
      throw new Error("It is rolled back.");
    })
    .catch(() => {});
  await look("rolled back");
  print.rows(shown);
}
