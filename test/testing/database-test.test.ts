import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asc, defineSchema, eq, integer, sql, table, text } from "plinth";
import { databaseTest, fixture } from "plinth/testing";
import { afterAll, describe, expect } from "vitest";
import { testServers } from "../servers/databases.ts";
import { notes, people, posts, schema, users } from "./tables.ts";

const fixtures = { people, notes: [people, notes] } as const;

const notebook = table("notebook", { id: integer().primaryKey(), words: text().encrypted() });
const sealed = defineSchema({ notebook });
const secrets = fixture(notebook, { first: { id: 1, words: "open sesame" } });
const encryption = { current: "test", keys: { test: Buffer.alloc(32, 1) } };

for (const server of testServers()) {
  const url = server.url ?? (server.name === "sqlite file" ? fileUrl() : "sqlite::memory:");
  const own = databaseTest.extend({ url, schema, fixtures });

  describe(server.name, () => {
    own("has its tables, and no rows", async ({ db }) => {
      expect(await db.from(users).count()).toBe(0);
      await db.insert(users).values({ name: "Linus" });
    });

    own("doesn't see what another test wrote", async ({ db }) => {
      expect(await db.from(users).count()).toBe(0);
    });

    for (const round of ["first", "second", "third", "fourth", "fifth"]) {
      own(`begins with its fixtures the ${round} time`, { fixtures: ["notes"] }, async (given) => {
        const { db, row } = given;
        expect(await db.select({ name: users.name }).from(users).orderBy(asc(users.name))).toEqual([
          { name: "Ada" },
          { name: "Grace" },
        ]);
        const answer = row(notes, "answer");
        expect(answer.parentId).toBe(row(notes, "first").id);
        expect(row(people, "grace").createdAt).toEqual(new Date("2026-01-31T12:00:00Z"));
        expect(await db.from(posts).find(answer.id)).toEqual(answer);

        const [linus] = await db.insert(users).values({ name: "Linus" }).returning();
        expect(linus?.id).toBe(3);
        await db.update(posts).set({ title: "Changed" }).where(eq(posts.id, answer.id));
        await db
          .delete(users)
          .where(eq(users.id, row(people, "ada").id))
          .catch(() => {});
      });
    }

    own(
      "writes and reads what is encrypted, in fixtures too",
      { schema: sealed, encryption, fixtures: [secrets] },
      async ({ db, row }) => {
        expect(row(secrets, "first")).toEqual({ id: 1, words: "open sesame" });
        expect(await db.from(notebook)).toEqual([{ id: 1, words: "open sesame" }]);
      },
    );

    own("loses tables that another test made", async ({ db }) => {
      await db.execute(sql`create table more (id integer)`);
    });

    own("has only its own tables", async ({ db }) => {
      await expect(db.execute(sql`select * from more`)).rejects.toMatchObject({
        code: "E_MISSING_TABLE",
      });
    });
  });
}

function fileUrl(): string {
  const folder = mkdtempSync(join(tmpdir(), "plinth-test-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  return `sqlite:${join(folder, "any.db")}`;
}
