import { mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { connect, sql } from "plinth";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runProgram, type Outcome } from "../docs/run-program.ts";
import {
  createTestDatabase,
  hasTestRedis,
  testRedisUrl,
  testServers,
} from "../servers/databases.ts";

interface Story {
  readonly name: string;
  readonly chapterCount: number;
  /** Whether it keeps something beside the database, and where. */
  readonly takesStore?: boolean;
}

const stories: readonly Story[] = [
  { name: "cobalt", chapterCount: 6, takesStore: true },
  { name: "didhub", chapterCount: 9 },
  { name: "guild", chapterCount: 12, takesStore: true },
  { name: "vault", chapterCount: 7, takesStore: true },
  { name: "wizard", chapterCount: 6 },
];

/** But for the product's name, and the plan of a query in its own words. */
function withoutProduct(text: string): string {
  return text
    .replace(/on \w+ [\d.]+\. The same/, "on a database. The same")
    .replaceAll(/^ {2}│.*\n/gm, "");
}

interface StorePlace {
  readonly where: string;
  use(work: (url: string) => Promise<void>): Promise<void>;
}

const inFile: StorePlace = {
  where: "in a file",
  async use(work) {
    const place = mkdtempSync(join(tmpdir(), "plinth-store-"));
    try {
      await work(`sqlite:${join(place, "store.sqlite")}`);
    } finally {
      rmSync(place, { recursive: true, force: true });
    }
  },
};
const onRedis: StorePlace = { where: "on Redis", use: (work) => work(testRedisUrl()) };
const stores = hasTestRedis() ? [inFile, onRedis] : [inFile];

const servers = testServers().filter(({ url }) => url !== undefined);

describe.each(stories)("the story of $name", ({ name, chapterCount, takesStore = false }) => {
  const main = fileURLToPath(new URL(`../../examples/${name}/main.ts`, import.meta.url));
  let folder: string;
  let story: Outcome;

  function tell(...parameters: string[]): Promise<Outcome> {
    // While a program is made it is warned of what it should change.
    const env = { NODE_ENV: "development", TMPDIR: folder, NO_COLOR: "1" };
    return runProgram(main, { parameters, folder, env });
  }

  beforeAll(async () => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), "plinth-test-")));
    story = await tell();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("is told to its end, in 80 columns, and leaves nothing behind", () => {
    expect(story).toMatchObject({ code: 0, err: "" });
    expect(story.out.match(/^ {2}\d+\. /gm)).toHaveLength(chapterCount);
    expect(story.out).toContain("That was the story.");
    for (const line of story.out.split("\n")) {
      expect(line.length, line).toBeLessThanOrEqual(80);
      expect(line).toBe(line.trimEnd());
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  // A test that has nothing to try isn't there: one that is skipped counts as not run.
  test.each(takesStore ? stores : [])("is the same with a store $where", async ({ use }) => {
    await use(async (url) => {
      const told = await tell("--store", url);
      expect(told).toMatchObject({ code: 0, err: "" });
      expect(told.out).toBe(story.out);
    });
  });

  test.each(servers)("is the same on $name, whose tables are gone again", async (server) => {
    const database = await createTestDatabase(server);
    try {
      const told = await tell("--url", database.url);
      expect(told).toMatchObject({ code: 0, err: "" });
      expect(withoutProduct(told.out)).toBe(withoutProduct(story.out));

      const db = await connect(database.url);
      await expect(db.execute(sql`select count(*) from users`)).rejects.toMatchObject({
        code: "E_MISSING_TABLE",
      });
      await db.close();
    } finally {
      await database.drop();
    }
  });
});
