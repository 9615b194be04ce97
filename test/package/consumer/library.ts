// What a library or a project with references exports: the compiler has to name its types in declarations.
import {
  alias,
  check,
  comment,
  connect,
  count,
  defineSchema,
  eq,
  foreignKey,
  fullTextIndex,
  gt,
  index,
  integer,
  isNull,
  materializedView,
  primaryKey,
  scope,
  softDelete,
  sum,
  table,
  text,
  timestamps,
  unique,
  view,
  type Executor,
} from "plinth";
import { createOutbox, outboxTables } from "plinth/outbox";
import { createQueue, openStore } from "plinth/services";
import { defineFactory, fixture } from "plinth/testing";

export const authors = table("authors", {
  id: integer().primaryKey().autoIncrement(),
  name: text().notNull(),
  ...timestamps(),
  ...softDelete(),
});
export const books = table("books", {
  id: integer().primaryKey(),
  authorId: integer()
    .notNull()
    .references(() => authors.id),
  pages: integer(),
});
export const schema = defineSchema({ authors, books, ...outboxTables }, (r) => ({
  authors: { books: r.many(books) },
  books: { author: r.one(authors, { on: books.authorId }) },
}));

// Parts of tables.
export const names = { name: text().notNull(), ...timestamps() };
export const tenants = scope("tenant");
export const extras = {
  unique: unique().on(books.pages),
  index: index().on(books.pages).where(isNull(books.pages)),
  check: check("has_pages", gt(books.pages, 0)),
  key: primaryKey().on(books.id),
  reference: foreignKey()
    .on(books.authorId)
    .references(() => [authors.id]),
  comment: comment("Books."),
  words: fullTextIndex().on(authors.name),
};
export const unfinishedExtras = [unique(), index(), primaryKey(), foreignKey(), fullTextIndex()];
export const unfinishedViews = {
  view: view("a"),
  columns: view("b", { id: integer() }),
  kept: materializedView("c"),
  keptColumns: materializedView("d", { id: integer() }),
};
export const writers = view("writers").as((q) => q.from(authors));

// Queries, finished and not.
export const db = await connect("sqlite::memory:", { schema });
export const editors = alias(authors, "editors");
export const ofBooks = schema.relations.authors.books;
export const withBooks = () => db.from(authors).with({ books: { with: { author: true } } });
export const pages = db
  .select({ authorId: books.authorId, pages: sum(books.pages), books: count() })
  .from(books)
  .groupBy(books.authorId)
  .as("pages");
export const joined = () =>
  db.select({ author: authors, book: books }).from(authors).leftJoin(books, eq(books.id, 1));
export const ids = () =>
  db
    .select({ id: authors.id })
    .from(authors)
    .union(db.select({ id: books.id }).from(books));
export const selection = (client: Executor) => client.select({ id: authors.id });
export const inserting = (client: Executor) => client.insert(authors);
export const insert = (client: Executor) => inserting(client).values({ name: "Ada" });
export const conflict = (client: Executor) => insert(client).onConflict(authors.id);
export const updating = (client: Executor) => client.update(books);
export const update = (client: Executor) => updating(client).set({ pages: 1 });
export const deleting = (client: Executor) => client.delete(authors);
export const deletingHard = (client: Executor) => deleting(client).hard();
export const restoring = (client: Executor) => client.restore(authors);

// What stands beside the database.
export const outbox = createOutbox<{ printed: { id: number } }>(db, {
  handlers: { printed: () => {} },
});
export const queue = createQueue<{ print: { id: number } }>(await openStore("memory:"));
export const makeAuthor = defineFactory(authors, () => ({ name: "Ada" }));
export const known = fixture(authors, { ada: { name: "Ada" } });
