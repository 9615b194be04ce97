// What may be written with a row: refusals by type, at every depth.
import { defineSchema, integer, table, varchar, type Database } from "plinth";

const authors = table("authors", {
  id: integer().primaryKey().autoIncrement(),
  name: varchar({ length: 40 }).notNull(),
});
const books = table("books", {
  id: integer().primaryKey().autoIncrement(),
  authorId: integer()
    .notNull()
    .references(() => authors.id),
  title: varchar({ length: 40 }).notNull(),
});
const tags = table("tags", { code: varchar({ length: 5 }).primaryKey() });
const bookTags = table("book_tags", {
  bookId: integer()
    .primaryKey()
    .references(() => books.id),
  code: varchar({ length: 5 })
    .primaryKey()
    .references(() => tags.code),
});
const schema = defineSchema({ authors, books, tags, bookTags }, (r) => ({
  authors: { books: r.many(books) },
  books: { author: r.one(authors), tags: r.many(tags, { through: bookTags }) },
}));
declare const db: Database<typeof schema>;

const author = { name: "Ada" };
const book = { title: "Notes" };

const insert = db.insert(authors).values(author);

// What holds the key may be left out.
void insert.with({ books: { create: [book], connect: [3] } });
void insert.with({ books: { create: [{ title: "Notes", tags: { connect: ["a", "b"] } }] } });
void db.relate(books, 1, { author: { connect: 2 }, tags: { set: ["a"], disconnect: ["b"] } });
void db.relate(books, 1, { author: { create: { name: "Eve", books: { connect: [2] } } } });

// @ts-expect-error -- no such relation
void insert.with({ poems: { create: [book] } });
// @ts-expect-error -- a title is missing
void insert.with({ books: { create: [{}] } });
// @ts-expect-error -- no such column
void insert.with({ books: { create: [{ title: "Notes", size: 3 }] } });
// @ts-expect-error -- the key of a book is a number
void insert.with({ books: { connect: ["a"] } });
// @ts-expect-error -- of many there is a list
void insert.with({ books: { connect: 1 } });
// @ts-expect-error -- a new row is connected to nothing yet
void insert.with({ books: { disconnect: [1] } });
// @ts-expect-error -- at every depth
void insert.with({ books: { create: [{ title: "Notes", tagz: {} }] } });
// @ts-expect-error -- at every depth
void insert.with({ books: { create: [{ title: "Notes", tags: { connect: [1] } }] } });
// @ts-expect-error -- the key of a tag is a text
void db.relate(books, 1, { tags: { set: [1] } });
// @ts-expect-error -- of one there is no list
void db.relate(books, 1, { author: { set: [1] } });
// @ts-expect-error -- the key of a book is a number
void db.relate(books, "1", { author: { connect: 2 } });
