import { expect } from "vitest";
import { people } from "../fixtures/users.ts";
import {
  createFriendship,
  deleteFriendship,
  findFriendDistance,
  findFriendRequests,
  findFriendSuggestions,
  findFriends,
  findFriendship,
  findMutualFriends,
  updateFriendship,
} from "../src/queries/friendships.ts";
import { createUser } from "../src/queries/users.ts";
import { friendships, pairOf } from "../src/schema/friendships.ts";
import { everywhere, nobody } from "./databases.ts";

const namesOf = (found: readonly { username: string }[]) => found.map(({ username }) => username);

everywhere("one asks, and the other accepts", ["users"], async ({ db, row }) => {
  const ada = row(people, "ada").id;
  const bob = row(people, "bob").id;
  expect(await createFriendship(db, ada, bob)).toMatchObject({
    userId: ada,
    friendId: bob,
    status: "pending",
  });
  expect(namesOf(await findFriendRequests(db, bob))).toEqual(["ada"]);
  expect(namesOf(await findFriendRequests(db, ada))).toEqual([]);
  expect(await findFriends(db, ada)).toEqual([]);
  await expect(updateFriendship(db, ada, bob, "accepted")).rejects.toThrow("nothing to accept");
  expect(await updateFriendship(db, bob, ada, "accepted")).toMatchObject({ status: "accepted" });
  await expect(updateFriendship(db, bob, ada, "accepted")).rejects.toThrow("nothing to accept");
  expect(namesOf(await findFriends(db, ada))).toEqual(["bob"]);
  expect(namesOf(await findFriends(db, bob))).toEqual(["ada"]);
  expect(await findFriendship(db, bob, ada)).toEqual(await findFriendship(db, ada, bob));
  expect(await findFriendship(db, ada, nobody)).toBeUndefined();
});

everywhere("two people have one row, whoever began", ["users"], async ({ db, row }) => {
  const ada = row(people, "ada").id;
  const bob = row(people, "bob").id;
  await createFriendship(db, ada, bob);
  await expect(createFriendship(db, ada, bob)).rejects.toMatchObject({
    code: "E_UNIQUE_VIOLATION",
  });
  // Not even by hand, the other way round.
  await expect(
    db.insert(friendships).values({ userId: bob, friendId: ada, pair: pairOf(bob, ada) }),
  ).rejects.toMatchObject({ code: "E_UNIQUE_VIOLATION", columns: ["pair"] });
  // Who asks back accepts.
  expect(await createFriendship(db, bob, ada)).toMatchObject({ userId: ada, status: "accepted" });
  expect(await db.from(friendships).count()).toBe(1);
  await expect(createFriendship(db, ada, ada)).rejects.toThrow("no such user");
  await expect(createFriendship(db, ada, nobody)).rejects.toThrow("no such user");
  await expect(
    db.insert(friendships).values({ userId: ada, friendId: ada, pair: pairOf(ada, ada) }),
  ).rejects.toMatchObject({ code: "E_CHECK_VIOLATION", constraint: "friendships_two_check" });
});

everywhere("two who ask one another at once are friends", ["users"], async ({ db, row }) => {
  const ada = row(people, "ada").id;
  const bob = row(people, "bob").id;
  await Promise.all([createFriendship(db, ada, bob), createFriendship(db, bob, ada)]);
  expect(await findFriendship(db, ada, bob)).toMatchObject({ status: "accepted" });
  expect(await db.from(friendships).count()).toBe(1);
});

everywhere("a block stands above all, and is its owner's", ["users"], async ({ db, row }) => {
  const ada = row(people, "ada").id;
  const bob = row(people, "bob").id;
  await createFriendship(db, ada, bob);
  expect(await updateFriendship(db, bob, ada, "blocked")).toMatchObject({
    userId: bob,
    friendId: ada,
    status: "blocked",
  });
  for (const refused of [
    () => createFriendship(db, ada, bob),
    () => createFriendship(db, bob, ada),
    () => updateFriendship(db, ada, bob, "accepted"),
    () => updateFriendship(db, ada, bob, "blocked"),
    () => deleteFriendship(db, ada, bob),
  ])
    await expect(refused()).rejects.toThrow("has blocked");
  expect(await findFriends(db, bob)).toEqual([]);
  expect(await findFriendRequests(db, bob)).toEqual([]);
  expect(await deleteFriendship(db, bob, ada)).toBe(true);
  expect(await deleteFriendship(db, bob, ada)).toBe(false);
  // Whom one never knew can be blocked as well.
  expect(await updateFriendship(db, ada, bob, "blocked")).toMatchObject({ userId: ada });
  await expect(updateFriendship(db, ada, nobody, "blocked")).rejects.toThrow("no such user");
});

everywhere("friends in common are found from either side", ["users"], async ({ db, row }) => {
  const [ada, bob, cleo, dora] = (["ada", "bob", "cleo", "dora"] as const).map(
    (name) => row(people, name).id,
  ) as [string, string, string, string];
  const befriend = async (first: string, second: string) => {
    await createFriendship(db, first, second);
    await createFriendship(db, second, first);
  };
  await befriend(ada, cleo);
  await befriend(cleo, bob);
  await befriend(dora, ada);
  await befriend(bob, dora);
  await befriend(ada, bob);
  expect(namesOf(await findMutualFriends(db, ada, bob))).toEqual(["cleo", "dora"]);
  expect(namesOf(await findMutualFriends(db, bob, ada))).toEqual(["cleo", "dora"]);
  await deleteFriendship(db, dora, ada);
  expect(namesOf(await findMutualFriends(db, ada, bob))).toEqual(["cleo"]);
  expect(await findMutualFriends(db, ada, nobody)).toEqual([]);
});

everywhere("friends of friends are suggested, and how far they are", ["users"], async (given) => {
  const { db, row } = given;
  const [ada, bob, cleo, dora] = (["ada", "bob", "cleo", "dora"] as const).map(
    (name) => row(people, name).id,
  ) as [string, string, string, string];
  const { id: erin } = await createUser(db, { username: "erin" });
  const befriend = async (first: string, second: string) => {
    await createFriendship(db, first, second);
    await createFriendship(db, second, first);
  };
  // ada – bob – dora – erin, and ada – cleo – dora.
  await befriend(ada, bob);
  await befriend(cleo, ada);
  await befriend(bob, dora);
  await befriend(dora, cleo);
  await befriend(dora, erin);
  expect(await findFriendSuggestions(db, ada)).toEqual([
    { id: dora, username: "dora", mutualCount: 2 },
  ]);
  expect(namesOf(await findFriendSuggestions(db, erin))).toEqual(["bob", "cleo"]);
  const far = await Promise.all(
    [ada, bob, dora, erin, nobody].map((other) => findFriendDistance(db, ada, other)),
  );
  expect(far).toEqual([0, 1, 2, 3, null]);
  // Whom one has asked isn't suggested, nor who is blocked.
  await createFriendship(db, ada, dora);
  expect(await findFriendSuggestions(db, ada)).toEqual([]);
  await updateFriendship(db, dora, ada, "blocked");
  expect(await findFriendSuggestions(db, ada)).toEqual([]);
  expect(await findFriendSuggestions(db, nobody)).toEqual([]);
});
