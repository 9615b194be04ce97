import {
  integer,
  table,
  text,
  track,
  trackNew,
  version,
  type Database,
  type MemberState,
  type RowOf,
} from "plinth";
import { expectType, type Equal } from "./equal.ts";

const pages = table("pages", {
  id: integer().primaryKey(),
  title: text().notNull(),
  body: text(),
  words: integer().generatedAs(() => 0),
  version: version(),
});
type Page = RowOf<typeof pages>;

declare const db: Database;
declare const page: Page;

const tracked = track(pages, page);
tracked.row.title = "x";
tracked.row.body = null;
expectType<
  Equal<Pick<typeof tracked.row, "id" | "title">, { readonly id: number; title: string }>
>();
expectType<Equal<typeof tracked.isChanged, boolean>>();
expectType<Equal<ReturnType<typeof tracked.stateOf>, MemberState>>();
const saved = await tracked.save(db);
expectType<Equal<typeof saved, Page>>();
await db.transaction(async (tx) => tracked.save(tx));

// @ts-expect-error -- a column that is required has no null.
tracked.row.title = null;
// @ts-expect-error -- the key of a row stays.
tracked.row.id = 2;
// @ts-expect-error -- a version is counted.
tracked.row.version = 2;
// @ts-expect-error -- the database computes it.
tracked.row.words = 2;
// @ts-expect-error -- there is no such column.
tracked.stateOf("nope");
// @ts-expect-error -- a row has all of its columns.
track(pages, { id: 1 });

const fresh = trackNew(pages, { title: "x" });
fresh.row.id = 1;
expectType<Equal<typeof fresh.row.title, string | undefined>>();
// @ts-expect-error -- the database computes it.
trackNew(pages, { words: 1 });
