// What a page of 20 rows takes at the beginning, in the middle and near the end of 100,000 rows, by number and by cursor.
// PLINTH_BENCH_URLS="postgres://… mariadb://…" node bench/spikes/pages.ts
import {
  asc,
  connect,
  createScratch,
  createTables,
  defineSchema,
  desc,
  index,
  integer,
  sql,
  table,
  text,
  timestamp,
  type KeysetRead,
  type OrderTerm,
} from "../../src/entry/main.ts";

const ROWS = 100_000;
const SIZE = 20;
const ROUNDS = 15;

const articles = table(
  "article",
  {
    id: integer().primaryKey(),
    at: timestamp({ precision: 6 }).notNull(),
    score: integer(),
    title: text().notNull(),
  },
  (t) => [
    index().on(t.at, t.id),
    index("article_mixed").on(desc(t.at), t.id),
    index().on(t.score, t.id),
  ],
);

const orders: Readonly<Record<string, readonly OrderTerm[]>> = {
  "at desc": [desc(articles.at)],
  "at desc, id asc": [desc(articles.at), asc(articles.id)],
  "score desc, NULLs last": [desc(articles.score)],
};

async function medianOf(work: () => PromiseLike<unknown>): Promise<string> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const startMs = performance.now();
    await work();
    times.push(performance.now() - startMs);
  }
  return `${times.toSorted((one, other) => one - other)[ROUNDS >> 1]!.toFixed(2)} ms`;
}

for (const url of ["sqlite::memory:", ...(process.env["PLINTH_BENCH_URLS"] ?? "").split(" ")]) {
  if (url === "") continue;
  const scratch = url.startsWith("sqlite") ? undefined : await createScratch(url);
  {
    await using db = await connect(scratch?.url ?? url);
    await createTables(db, defineSchema({ articles }));
    for (let first = 0; first < ROWS; first += 1_000) {
      await db.insert(articles).values(
        Array.from({ length: 1_000 }, (_, at) => {
          const id = first + at;
          const score = id % 10 === 0 ? null : (id * 104_729) % 60_000;
          const time = new Date(Date.UTC(2026, 0, 1) + ((id * 7_919) % 50_000) * 1_000);
          return { id, at: time, score, title: `article ${id}` };
        }),
      );
    }
    await db.execute(db.server.product === "mariadb" ? sql`analyze table article` : sql`analyze`);
    console.log(`\n${db.server.product} ${db.server.version.join(".")}`);
    for (const [name, order] of Object.entries(orders)) {
      const [first, ...others] = order;
      const query = db.from(articles);
      for (const part of [0, 0.5, 0.85, 0.95]) {
        const number = 1 + Math.floor((ROWS * part) / SIZE);
        const ordered = query.orderBy(first!, ...others);
        const after = part === 0 ? null : await cursorAt((number - 1) * SIZE, order);
        const read: KeysetRead<unknown> = query.keyset(order, { size: SIZE, after });
        const byCursor = await medianOf(() => read);
        const byNumber = await medianOf(() => ordered.page(number, { size: SIZE }));
        console.log(`${name}, row ${number * SIZE}: by cursor ${byCursor}, by number ${byNumber}`);
        if (part === 0.5) console.log(String(await read.explain()));
      }
    }

    async function cursorAt(place: number, order: readonly OrderTerm[]): Promise<string | null> {
      const page = await db.from(articles).keyset(order, { size: place });
      return page.nextCursor;
    }
  }
  await scratch?.drop();
}
