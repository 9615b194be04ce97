import { asc } from "plinth";
import { databaseTest, defineFactory } from "plinth/testing";
import { describe, expect, test } from "vitest";
import { testServers } from "../servers/databases.ts";
import { makePost, makeUser, people, posts, schema, users } from "./tables.ts";

for (const { name, url = "sqlite::memory:" } of testServers()) {
  const own = databaseTest.extend({ url, schema });

  describe(name, () => {
    own("makes rows, those that they belong to first", async ({ db }) => {
      const post = await makePost.create(db, { title: "Mine" });
      expect(post.title).toBe("Mine");
      expect(await db.from(users).find(post.authorId)).toMatchObject({ role: "user" });

      const admin = await makeUser.with("admin", "old").create(db);
      expect(admin.role).toBe("admin");
      expect(admin.createdAt.getTime()).toBeLessThan(Date.parse("2025-01-01"));
      const more = await makePost.createMany(db, 3, (at) => ({
        authorId: admin.id,
        title: `Number ${at}`,
      }));
      expect(more.map(({ title }) => title)).toEqual(["Number 0", "Number 1", "Number 2"]);
      expect(await db.from(users).count()).toBe(2);
      expect(await db.from(posts).count()).toBe(4);
    });

    for (const round of ["first", "second"]) {
      own(`makes the same the ${round} time`, async ({ db }) => {
        await db.transaction(async (tx) => makeUser.createMany(tx, 2));
        expect(await db.select({ name: users.name }).from(users).orderBy(asc(users.id))).toEqual([
          { name: "Dana Kapoor 1" },
          { name: "Tim Eriksen 2" },
        ]);
      });
    }

    own("counts on behind the rows that are there", { fixtures: [people] }, async ({ db }) => {
      expect((await makeUser.create(db)).name).toMatch(/ 3$/);
    });
  });
}

test("builds rows without a database", () => {
  expect(makeUser.build({ role: "guest" })).toMatchObject({ role: "guest" });
  expect(() => makePost.build()).toThrow('"authorId" is the key of a row that isn\'t there.');
  expect(makePost.build({ authorId: 7 })).toMatchObject({ authorId: 7 });
});

test("seeds a faker that it is given", () => {
  let state = 0;
  const faker = { seed: (seed: number) => (state = seed), state: () => state };
  const make = (seed?: number) =>
    defineFactory(users, (f) => ({ name: String(f.faker.state()) }), {
      faker,
      ...(seed === undefined ? {} : { seed }),
    });
  const first = make().build();
  expect(make().build()).toEqual(first);
  expect(make(1).build()).not.toEqual(first);
  expect(make().with().build()).toEqual(first);
});

test("tells of traits and fakers that a factory hasn't", () => {
  expect(() => makeUser.with("admni" as "admin")).toThrow("It has admin, old.");
  const make = defineFactory(users, (f) => ({ name: String(f.faker) }));
  expect(() => make.build()).toThrow("The factory was given no faker.");
});
