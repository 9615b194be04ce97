import type { Executor } from "../../query/client.ts";
import { asc, desc } from "../../query/order.ts";
import { eq } from "../../query/expression.ts";
import { unique } from "../../schema/constraints.ts";
import { defineSchema } from "../../schema/schema.ts";
import { table } from "../../schema/table.ts";
import { timestamps } from "../../schema/timestamps.ts";
import { boolean, integer, uuid, varchar } from "../../schema/types.ts";
import { uuidv7 } from "../../core/uuid.ts";
import { failureOf, type Kit } from "./kit.ts";

const name = varchar({ length: 40 }).notNull();
const key = () => integer().primaryKey().autoIncrement();

const authors = table("rw_authors", { id: key(), name, ...timestamps() });
const profiles = table("rw_profiles", {
  id: key(),
  authorId: integer()
    .unique()
    .references(() => authors.id),
  bio: name,
});
const books = table("rw_books", {
  id: uuid().primaryKey().$default(uuidv7),
  authorId: integer()
    .notNull()
    .references(() => authors.id),
  editorId: integer().references(() => authors.id),
  title: name,
  pages: integer().notNull(),
});
const chapters = table("rw_chapters", {
  id: key(),
  bookId: uuid().references(() => books.id),
  title: name,
});
const genres = table("rw_genres", { id: key(), name });
const bookGenres = table("rw_book_genres", {
  bookId: uuid()
    .primaryKey()
    .references(() => books.id),
  genreId: integer()
    .primaryKey()
    .references(() => genres.id),
  isMain: boolean().notNull().default(false),
});
const shelves = table(
  "rw_shelves",
  {
    id: key(),
    authorId: integer()
      .notNull()
      .references(() => authors.id),
    genreId: integer()
      .notNull()
      .references(() => genres.id),
    room: name,
  },
  (t) => [unique().on(t.authorId, t.genreId)],
);
const notes = table("rw_notes", {
  id: key(),
  subjectKind: varchar({ length: 10 }).notNull(),
  subjectId: integer().notNull(),
  text: name,
});

const schema = defineSchema(
  { authors, profiles, books, chapters, genres, bookGenres, shelves, notes },
  (r) => ({
    authors: {
      books: r.many(books, { on: books.authorId }),
      edited: r.many(books, { on: books.editorId }),
      profile: r.one(profiles, { on: profiles.authorId }),
      shelved: r.many(genres, { through: shelves }),
      shelves: r.many(shelves),
      notes: r.many(notes, {
        from: authors.id,
        to: notes.subjectId,
        where: eq(notes.subjectKind, "author"),
      }),
      chapters: r.many(chapters, { through: { table: books, from: books.authorId } }),
    },
    books: {
      author: r.one(authors, { on: books.authorId }),
      editor: r.one(authors, { on: books.editorId }),
      chapters: r.many(chapters),
      genres: r.many(genres, { through: bookGenres }),
    },
    chapters: { book: r.one(books, { on: chapters.bookId }) },
  }),
);

type Db = Executor<typeof schema>;

async function authorNamed(db: Db, given: string): Promise<number> {
  const { id } = await db
    .insert(authors)
    .values({ name: given })
    .returning({ id: authors.id })
    .one();
  return id;
}

async function genresNamed(db: Db, ...names: string[]): Promise<number[]> {
  const made = await db
    .insert(genres)
    .values(names.map((one) => ({ name: one })))
    .returning({ id: genres.id });
  return made.map(({ id }) => id);
}

/** The whole of what a book is related to, by names. */
async function told(db: Db, id: string): Promise<unknown> {
  const book = await db
    .from(books)
    .with({
      author: { select: ["name"] },
      editor: { select: ["name"] },
      chapters: { select: ["title"], orderBy: asc(chapters.title) },
      genres: { select: ["name"], orderBy: asc(genres.name) },
    })
    .find(id);
  return {
    author: book?.author.name,
    editor: book?.editor?.name ?? null,
    chapters: book?.chapters.map(({ title }) => title),
    genres: book?.genres.map((genre) => genre.name),
  };
}

/** Rows written together with what belongs to them. */
export function relatedWriteCases({ expect, schemaGroup }: Kit): void {
  schemaGroup("related writes", schema, (test) => {
    test("make a row, what it belongs to and what belongs to it", async ({ db }) => {
      const [novel, essay] = await genresNamed(db, "novel", "essay");
      const made = await db
        .insert(books)
        .values({ authorId: 0, title: "Middlemarch", pages: 880 } as never)
        .returning()
        .one()
        .catch(() => undefined);
      expect(made, "without an author").toBe(undefined);

      const author = await db
        .insert(authors)
        .values({ name: "George" })
        .with({
          profile: { create: { bio: "of Nuneaton" } },
          books: {
            create: [
              {
                title: "Middlemarch",
                pages: 880,
                editor: { create: { name: "John" } },
                chapters: { create: [{ title: "Prelude" }, { title: "Miss Brooke" }] },
                genres: { connect: [novel!], create: [{ name: "province" }] },
              },
              { title: "Impressions", pages: 357, genres: { connect: [essay!] } },
            ],
          },
        })
        .returning()
        .one();
      expect(author.name).toBe("George");
      expect(author.createdAt instanceof Date).toBe(true);
      const [first, second] = await db.from(books).orderBy(desc(books.pages));
      expect(first?.authorId).toBe(author.id);
      expect(await told(db, first!.id)).toEqual({
        author: "George",
        editor: "John",
        chapters: ["Miss Brooke", "Prelude"],
        genres: ["novel", "province"],
      });
      expect(await told(db, second!.id)).toEqual({
        author: "George",
        editor: null,
        chapters: [],
        genres: ["essay"],
      });
      expect(await db.from(profiles).where(eq(profiles.authorId, author.id)).count()).toBe(1);
    });

    test("connect a row to ones that are there, and tell how many were written", async ({ db }) => {
      const ada = await authorNamed(db, "Ada");
      const bob = await authorNamed(db, "Bob");
      const book = { title: "Notes", pages: 66, authorId: ada };
      const summary = await db
        .insert(books)
        .values(book)
        .with({ editor: { connect: bob } });
      expect(summary).toEqual({ affectedRows: 1 });
      const [{ id } = { id: "" }] = await db.from(books);
      expect(await told(db, id)).toEqual({
        author: "Ada",
        editor: "Bob",
        chapters: [],
        genres: [],
      });
    });

    test("are all undone when one of them fails", async ({ db }) => {
      const ada = await authorNamed(db, "Ada");
      const lost = await failureOf(
        db
          .insert(books)
          .values({ title: "Lost", pages: 1, authorId: ada })
          .with({ chapters: { create: [{ title: "One" }] }, genres: { connect: [404] } }),
      );
      expect(lost).toMatchObject({ code: "E_NOT_FOUND", table: "rw_genres" });
      expect(await db.from(books).count()).toBe(0);
      expect(await db.from(chapters).count()).toBe(0);
    });

    test("change what a row is related to", async ({ db }) => {
      const ada = await authorNamed(db, "Ada");
      const bob = await authorNamed(db, "Bob");
      const [red, green, blue] = await genresNamed(db, "red", "green", "blue");
      const { id } = await db
        .insert(books)
        .values({ title: "Colours", pages: 3, authorId: ada })
        .with({
          chapters: { create: [{ title: "One" }, { title: "Two" }, { title: "Three" }] },
          genres: { connect: [red!, green!] },
        })
        .returning({ id: books.id })
        .one();
      const chapterIds = await db
        .select({ id: chapters.id })
        .from(chapters)
        .orderBy(chapters.id)
        .list();

      await db.relate(books, id, {
        author: { connect: bob },
        editor: { connect: ada },
        chapters: { disconnect: [chapterIds[0]!, 404], create: [{ title: "Four" }] },
        genres: { disconnect: [red!], connect: [green!, blue!] },
      });
      expect(await told(db, id)).toEqual({
        author: "Bob",
        editor: "Ada",
        chapters: ["Four", "Three", "Two"],
        genres: ["blue", "green"],
      });

      await db.relate(books, id, {
        editor: { disconnect: true },
        chapters: { set: [chapterIds[0]!, chapterIds[1]!] },
        genres: { set: [red!] },
      });
      expect(await told(db, id)).toEqual({
        author: "Bob",
        editor: null,
        chapters: ["One", "Two"],
        genres: ["red"],
      });
      await db.relate(books, id, { chapters: { set: [] }, genres: { set: [] } });
      expect(await told(db, id)).toMatchObject({ chapters: [], genres: [] });
      expect(await db.from(chapters).count()).toBe(4);
    });

    test("leave the rows of others alone", async ({ db }) => {
      const ada = await authorNamed(db, "Ada");
      const [red, green] = await genresNamed(db, "red", "green");
      const ids: string[] = [];
      for (const title of ["One", "Two"]) {
        const { id } = await db
          .insert(books)
          .values({ title, pages: 1, authorId: ada })
          .with({ chapters: { create: [{ title }] }, genres: { connect: [red!, green!] } })
          .returning({ id: books.id })
          .one();
        ids.push(id);
      }
      const other = await told(db, ids[1]!);
      const [{ id: foreign } = { id: 0 }] = await db
        .from(chapters)
        .where(eq(chapters.bookId, ids[1]!));
      await db.relate(books, ids[0]!, {
        chapters: { set: [], disconnect: [foreign] },
        genres: { set: [red!] },
      });
      expect(await told(db, ids[1]!)).toEqual(other);
    });

    test("give a row one of a kind, in the place of another", async ({ db }) => {
      const ada = await authorNamed(db, "Ada");
      const bob = await authorNamed(db, "Bob");
      await db.relate(authors, ada, { profile: { create: { bio: "first" } } });
      await db.relate(authors, ada, { profile: { create: { bio: "second" } } });
      const bios = await db.from(profiles).orderBy(profiles.id);
      expect(bios.map(({ authorId, bio }) => [bio, authorId])).toEqual([
        ["first", null],
        ["second", ada],
      ]);
      await db.relate(authors, bob, { profile: { connect: bios[1]!.id } });
      await db.relate(authors, bob, { profile: { connect: bios[1]!.id } });
      const [, second] = await db.from(profiles).orderBy(profiles.id);
      expect(second?.authorId).toBe(bob);
      await db.relate(authors, bob, { profile: { disconnect: true } });
      expect(await db.from(profiles).where(eq(profiles.authorId, bob)).count()).toBe(0);
    });

    test("set what a relation's condition asks for", async ({ db }) => {
      const ada = await authorNamed(db, "Ada");
      await db.insert(notes).values({ subjectKind: "book", subjectId: ada, text: "of a book" });
      await db.relate(authors, ada, {
        notes: { create: [{ text: "of Ada", subjectKind: "author" }] },
      });
      const found = await db.from(authors).with({ notes: true }).find(ada);
      expect(found?.notes.map(({ subjectKind, text }) => [subjectKind, text])).toEqual([
        ["author", "of Ada"],
      ]);
      const orphaned = failureOf(db.relate(authors, ada, { notes: { set: [] } }));
      expect(await orphaned).toMatchObject({ code: "E_INVALID_VALUE" });
      expect(await db.from(notes).count()).toBe(2);
    });

    test("refuse what can't be, before anything is sent", async ({ db }) => {
      const ada = await authorNamed(db, "Ada");
      const untyped = db as unknown as {
        relate(table: unknown, id: unknown, related: object): Promise<void>;
      };
      const refusals: [object, object][] = [
        [{ poems: {} }, { code: "E_UNKNOWN_RELATION" }],
        [{ books: { upsert: [] } }, { code: "E_INVALID_VALUE" }],
        [{ books: { create: [{ pages: 1 }] } }, { code: "E_INVALID_VALUE" }],
        [
          { books: { create: [{ title: "x", pages: 1, authorId: 7 }] } },
          { code: "E_INVALID_VALUE" },
        ],
        [{ books: { create: [{ title: "x", pages: 1, size: 7 }] } }, { code: "E_UNKNOWN_COLUMN" }],
        [{ books: { disconnect: [uuidv7()] } }, { code: "E_INVALID_VALUE" }],
        [{ books: { connect: [null] } }, { code: "E_INVALID_VALUE" }],
        [{ profile: { create: { bio: "x" }, connect: 1 } }, { code: "E_INVALID_VALUE" }],
        [{ shelved: { connect: [1] } }, { code: "E_INVALID_VALUE" }],
        [{ chapters: { create: [{ title: "x" }] } }, { code: "E_INVALID_VALUE" }],
        [{ notes: { create: [{ text: "x", subjectKind: "book" }] } }, { code: "E_INVALID_VALUE" }],
        [{ books: { create: { title: "x", pages: 1 } } }, { code: "E_INVALID_VALUE" }],
        [{ books: 7 }, { code: "E_INVALID_VALUE" }],
      ];
      for (const [related, expected] of refusals) {
        const failure = await failureOf(untyped.relate(authors, ada, related));
        expect(failure, JSON.stringify(related)).toMatchObject(expected);
      }
      const several = [{ name: "a" }, { name: "b" }];
      const failure = await failureOf(() => db.insert(authors).values(several).with({}));
      expect(failure).toMatchObject({ code: "E_INVALID_VALUE" });
      expect(await failureOf(db.relate(authors, 404, { books: { set: [] } }))).toMatchObject({
        code: "E_NOT_FOUND",
      });
      expect(await db.from(books).count()).toBe(0);
      expect(await db.from(authors).count()).toBe(1);
    });

    test("are part of the transaction around them", async ({ db }) => {
      const ada = await authorNamed(db, "Ada");
      const failure = await failureOf(
        db.transaction(async (tx) => {
          await tx.relate(authors, ada, { books: { create: [{ title: "Gone", pages: 1 }] } });
          expect(await tx.from(books).count()).toBe(1);
          throw new Error("undone");
        }),
      );
      expect(failure).toMatchObject({ message: "undone" });
      expect(await db.from(books).count()).toBe(0);
    });
  });
}
