import { expect, test } from "vitest";
import { fullTextIndex, fullTextOf } from "./full-text.ts";
import { resolveTable } from "./model.ts";
import { createNames } from "./naming.ts";
import { alias, infoOf, table } from "./table.ts";
import { integer, text, varchar } from "./types.ts";

const posts = table(
  "posts",
  { id: integer().primaryKey(), postTitle: varchar({ length: 9 }), body: text(), note: text() },
  (t) => [
    fullTextIndex().on(t.postTitle, t.body),
    fullTextIndex("notes", { language: "german" }).on(t.note),
    fullTextIndex({ language: "english" }).on(t.body),
  ],
);

test("is plain data, by the names of the database", () => {
  const { indexes } = resolveTable(infoOf(posts), createNames());
  expect(indexes).toEqual([
    {
      name: "posts_post_title_body_fulltext",
      columns: ["post_title", "body"],
      isUnique: false,
      terms: [
        { column: "post_title", direction: "asc" },
        { column: "body", direction: "asc" },
      ],
      where: undefined,
      fullText: { language: "simple" },
    },
    expect.objectContaining({ name: "notes", fullText: { language: "german" } }),
    expect.objectContaining({ name: "posts_body_fulltext", fullText: { language: "english" } }),
  ]);
});

test("is found by its columns, in whichever order and of whichever alias", () => {
  const p = alias(posts, "p");
  expect(fullTextOf([p.body, p.postTitle])?.columns).toEqual([posts.postTitle, posts.body]);
  expect(fullTextOf([posts.note])?.name).toBe("notes");
  expect(fullTextOf([posts.postTitle])).toBe(undefined);
  expect(fullTextOf([posts.body, p.postTitle])).toBe(undefined);
  expect(fullTextOf([posts.body, posts.postTitle, posts.note])).toBe(undefined);
  expect(fullTextOf([infoOf(posts).inserted.column("note")!])).toBe(undefined);
});

test("refuses what is no text, columns of other tables, and what is no language", () => {
  const refused = expect.objectContaining({ code: "E_SCHEMA" });
  expect(() => fullTextIndex().on(posts.id as never)).toThrow(refused);
  expect(() => fullTextIndex().on(posts.body, posts.body)).toThrow(refused);
  expect(() => fullTextIndex({ language: "x'; drop" }).on(posts.body)).toThrow(refused);
  const other = table("other", { body: text() }, () => [fullTextIndex().on(posts.body)]);
  expect(() => resolveTable(infoOf(other), createNames())).toThrow(refused);
});
