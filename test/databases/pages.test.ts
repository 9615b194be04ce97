import {
  asc,
  connect,
  createTables,
  defineSchema,
  desc,
  index,
  integer,
  sql,
  table,
  timestamp,
  type PlanNode,
} from "plinth";
import { expect, test } from "vitest";
import { createTestDatabase, testServers } from "../servers/databases.ts";

const ROWS = 5_000;

const articles = table(
  "article",
  {
    id: integer().primaryKey(),
    at: timestamp().notNull(),
    score: integer(),
    rank: integer().notNull(),
  },
  (t) => [
    index("by_at").on(t.at, t.id),
    index("by_score").on(t.score, t.id),
    index("mixed").on(desc(t.rank), t.id),
  ],
);

function stepsOf(plan: PlanNode): PlanNode[] {
  return [plan, ...plan.children.flatMap(stepsOf)];
}

test.each(testServers())("an index of $name serves every page of a walk", async (server) => {
  const own = await createTestDatabase(server);
  {
    await using db = await connect(own.url);
    await createTables(db, defineSchema({ articles }));
    const rows = Array.from({ length: ROWS }, (_, id) => ({
      id,
      at: new Date(Date.UTC(2026, 0, 1) + ((id * 7_919) % 2_500) * 1_000),
      score: id % 10 === 0 ? null : (id * 104_729) % 3_000,
      rank: (id * 31) % 2_500,
    }));
    for (let first = 0; first < ROWS; first += 1_000)
      await db.insert(articles).values(rows.slice(first, first + 1_000));
    await db.execute(server.name === "mariadb" ? sql`analyze table article` : sql`analyze`);
    const orders = [
      ["by_at", [asc(articles.at)]],
      ["by_at", [desc(articles.at)]],
      ["by_score", [desc(articles.score)]],
      ["by_score", [asc(articles.score)]],
      ["mixed", [desc(articles.rank), asc(articles.id)]],
    ] as const;
    for (const [name, order] of orders) {
      for (const place of [20, 300, 2_500]) {
        const { nextCursor } = await db.from(articles).keyset(order, { size: place });
        const page = db.from(articles).keyset(order, { size: 20, after: nextCursor });
        const plan = await page.explain();
        const title = `${name}, row ${place}: ${page.toSql().text}\n${String(plan)}`;
        const [step, ...others] = stepsOf(plan).filter((one) => one.table !== undefined);
        expect([step?.index, others.length], title).toEqual([name, 0]);
        // MariaDB finds the rows that are NULL by the index, and sorts them.
        const isSorted = server.name === "mariadb" && name === "by_score";
        if (!isSorted) expect(String(plan), title).not.toMatch(/sort|temp b-tree|seq scan/i);
        expect((await page).items, title).toHaveLength(20);
      }
    }
  }
  await own.drop();
});
