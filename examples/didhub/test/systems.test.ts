import { expect } from "vitest";
import { createAlters, pageOfAlters, removeAlter, updateAlter } from "../src/alters.ts";
import { createGroup } from "../src/groups.ts";
import { schema } from "../src/schema/schema.ts";
import { createSubsystem } from "../src/subsystems.ts";
import { createSystem, removeSystem, systemsOf, updateSystem } from "../src/systems.ts";
import { everywhere } from "./databases.ts";
import { people } from "./people.ts";

everywhere("systems are listed with what is in them", async ({ db }) => {
  const { owner, systemId } = await people(db);
  await createSystem(db, owner, { name: "Attic", description: "Empty" });
  await createAlters(db, owner, systemId, [{ name: "River" }, { name: "Ash" }]);
  await createGroup(db, owner, systemId, { name: "Hosts" });
  await createSubsystem(db, owner, systemId, { name: "Night watch" });

  expect(await systemsOf(db, owner.userId)).toMatchObject([
    { name: "Attic", description: "Empty", alters: 0, groups: 0, subsystems: 0 },
    { name: "Lighthouse", description: null, alters: 2, groups: 1, subsystems: 1 },
  ]);
});

everywhere("a system is its owner's, and an administrator's", async ({ db }) => {
  const { admin, owner, neighbour, systemId } = await people(db);
  const changes = { description: "On the coast" };
  await expect(updateSystem(db, neighbour, systemId, changes)).rejects.toMatchObject({
    reason: "not found",
  });
  await expect(updateSystem(db, { userId: null }, systemId, changes)).rejects.toMatchObject({
    reason: "forbidden",
  });
  const before = await db.from(schema.tables.systems).find(systemId);
  const after = await updateSystem(db, admin, systemId, changes);
  expect(after).toMatchObject({ name: "Lighthouse", description: "On the coast" });
  expect(after.createdAt).toEqual(before?.createdAt);
  expect(after.updatedAt.getTime()).toBeGreaterThanOrEqual(before?.updatedAt.getTime() ?? 0);
  await removeSystem(db, owner, systemId);
  expect(await systemsOf(db, owner.userId)).toEqual([]);
});

everywhere("alters are made together, or not at all", async ({ db }) => {
  const { owner, systemId } = await people(db);
  const long = { name: "x".repeat(256) };
  await expect(createAlters(db, owner, systemId, [{ name: "River" }, long])).rejects.toMatchObject({
    code: "E_VALUE_TOO_LONG",
  });
  expect(await db.from(schema.tables.alters).count()).toBe(0);

  const many = Array.from({ length: 1_000 }, (_, at) => ({ name: `Alter ${at}` }));
  const made = await createAlters(db, owner, systemId, many);
  expect(made.map(({ name }) => name)).toEqual(many.map(({ name }) => name));
  expect(await db.from(schema.tables.alters).count()).toBe(1_000);
});

everywhere("alters are searched in any case, and by what they really hold", async ({ db }) => {
  const { owner, systemId } = await people(db);
  await createAlters(db, owner, systemId, [
    { name: "Éloïse", description: "100% here" },
    { name: "River" },
    { name: "Wren", description: "likes RIVERS" },
    { name: "Zoë_🌊" },
  ]);
  const search = async (words: string): Promise<string[]> =>
    (await pageOfAlters(db, systemId, { search: words, page: 1, size: 10 })).items.map(
      ({ name }) => name,
    );

  expect(await search("river")).toEqual(["River", "Wren"]);
  expect(await search("ÉLO")).toEqual(["Éloïse"]);
  expect(await search("0%")).toEqual(["Éloïse"]);
  expect(await search("_")).toEqual(["Zoë_🌊"]);
  expect(await search("🌊")).toEqual(["Zoë_🌊"]);
  expect(await search("'; drop table alters; --")).toEqual([]);

  const second = await pageOfAlters(db, systemId, { page: 2, size: 3 });
  expect(second).toMatchObject({ total: 4, page: 2, pages: 2, items: [{ name: "Éloïse" }] });
  expect(await pageOfAlters(db, systemId, { page: 3, size: 3 })).toMatchObject({
    items: [],
    total: 4,
  });
});

everywhere("an alter is changed and removed by its owner alone", async ({ db }) => {
  const { owner, neighbour, systemId } = await people(db);
  const [river] = await createAlters(db, owner, systemId, [{ name: "River" }]);
  const id = river!.id;
  const changes = { avatarUrl: "/avatars/river.webp", description: null };
  expect(await updateAlter(db, owner, id, changes)).toMatchObject({ name: "River", ...changes });
  await expect(removeAlter(db, neighbour, id)).rejects.toMatchObject({ reason: "not found" });
  await removeAlter(db, owner, id);
  await expect(removeAlter(db, owner, id)).rejects.toMatchObject({ reason: "not found" });
});
