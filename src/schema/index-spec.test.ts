import { expect, test } from "vitest";
import { index, uniqueIndex } from "./constraints.ts";
import { operatorClass, prefixOf } from "./index-spec.ts";
import { resolveTable } from "./model.ts";
import { createNames } from "./naming.ts";
import { infoOf, table } from "./table.ts";
import { integer, text } from "./types.ts";

const refused = expect.objectContaining({ code: "E_SCHEMA" });

const notes = table(
  "notes",
  { id: integer().primaryKey(), noteBody: text(), title: text() },
  (t) => [
    index().on(t.title).using("btree"),
    index("by_body").on(operatorClass(t.noteBody, "gin_trgm_ops")).using("gin"),
    index("begins").on(prefixOf(t.noteBody, 20)).include(t.title, t.id),
  ],
);

test("is plain data, without what it doesn't say", () => {
  const [plain, gin, begins] = resolveTable(infoOf(notes), createNames()).indexes;
  expect(plain).not.toHaveProperty("method");
  expect(plain).not.toHaveProperty("included");
  expect(gin).toMatchObject({
    method: "gin",
    terms: [{ column: "note_body", direction: "asc", operatorClass: "gin_trgm_ops" }],
  });
  expect(begins).toMatchObject({ terms: [{ prefix: 20 }], included: ["title", "id"] });
  expect(JSON.parse(JSON.stringify(gin))).toEqual({ ...gin, where: undefined });
});

test("refuses what no database has", () => {
  const { noteBody, title, id } = notes;
  for (const declare of [
    () =>
      index()
        .on(noteBody)
        .using("btree; drop" as never),
    () => uniqueIndex().on(noteBody).using("gin"),
    () => index().on({ expression: noteBody, direction: "desc" }).using("hash"),
    () => index().on(noteBody).using("gin").include(title),
    () => uniqueIndex().on(prefixOf(noteBody, 10)),
    () => prefixOf(noteBody, 0),
    () => prefixOf(id, 3),
    () => operatorClass(noteBody, 'x" y'),
  ])
    expect(declare).toThrow(refused);
});
