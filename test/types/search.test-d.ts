import {
  alias,
  desc,
  eq,
  fullTextIndex,
  match,
  matchRank,
  not,
  or,
  table,
  text,
  type Database,
} from "plinth";
import { expectType, type Equal } from "./equal.ts";
import { posts, users } from "./tables.ts";

declare const db: Database;

const p = alias(posts, "p");

const rows = await db
  .select({
    title: posts.title,
    found: match([posts.title, posts.body], "tea"),
    rank: matchRank(p.title, "tea", { prefix: true }),
    role: match(users.role, "admin"),
  })
  .from(users)
  .leftJoin(posts, eq(posts.authorId, users.id))
  .innerJoin(p, not(match(p.body, "tea")))
  .where(or(match(users.name, "ada"), match([users.name, users.role], "ada")))
  .orderBy(desc(matchRank(users.name, "ada")));
// Of a post that isn't there nothing is found.
expectType<
  Equal<
    (typeof rows)[number],
    { title: string | null; found: boolean; rank: number; role: boolean }
  >
>();

table("a", { body: text(), title: text().notNull() }, (t) => [
  fullTextIndex().on(t.title, t.body),
  fullTextIndex("named", { language: "english" }).on(t.body),
  fullTextIndex({ language: "english" }).on(t.title),
  // @ts-expect-error -- at least one column
  fullTextIndex().on(),
]);

// @ts-expect-error -- a number has no words
match(users.credits, "5");
// @ts-expect-error -- at least one column
match([], "tea");
// @ts-expect-error -- words are a text
match(posts.title, 5);
// @ts-expect-error -- no such option
match(posts.title, "tea", { suffix: true });
