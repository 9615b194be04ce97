import {
  defineSchema,
  eq,
  integer,
  isNull,
  live,
  or,
  scope,
  softDelete,
  table,
  text,
  unique,
  uuid,
  varchar,
  type Database,
  type NewRowOf,
  type RowOf,
} from "plinth";
import { expectType, type Equal } from "./equal.ts";

declare const db: Database;

const users = table("users", {
  id: uuid().primaryKey(),
  email: varchar({ length: 200 }).notNull().unique({ among: "live" }),
  ...softDelete(),
});
const posts = table(
  "posts",
  {
    id: integer().primaryKey(),
    userId: uuid().notNull(),
    tenantId: integer().notNull().scope("tenant"),
    region: text().scope("region", (column, value) => or(eq(column, value), isNull(column))),
    ...softDelete({ column: "removedAt", by: { removedBy: uuid() }, cascade: true }),
  },
  (t) => [unique({ among: "live" }).on(t.userId, t.tenantId), scope("own").where(eq(t.id, 1))],
);
const plain = table("plain", { id: integer().primaryKey() });

// The columns that it makes.
expectType<Equal<RowOf<typeof users>, { id: string; email: string; deletedAt: Date | null }>>();
expectType<
  Equal<
    RowOf<typeof posts>,
    {
      id: number;
      userId: string;
      tenantId: number;
      region: string | null;
      removedAt: Date | null;
      removedBy: string | null;
      deletionId: string | null;
    }
  >
>();
const byText = table("t", { id: integer(), ...softDelete({ by: "deletedBy", scope: "off" }) });
expectType<
  Equal<
    RowOf<typeof byText>,
    { id: number | null; deletedAt: Date | null; deletedBy: string | null }
  >
>();

// What the scope gives may be left out.
expectType<Equal<NewRowOf<typeof posts>["tenantId"], number | undefined>>();
void db.insert(posts).values({ id: 1, userId: "" });

// Rows that are deleted, where there are such rows.
const found = await db.from(users).withDeleted();
expectType<Equal<(typeof found)[number], RowOf<typeof users>>>();
void db.from(posts).withDeleted(users).innerJoin(users, eq(users.id, posts.userId)).count();
void db.select({ id: users.id }).from(users).onlyDeleted(users);
void db.restore(users).where(eq(users.id, ""));
void db.delete(users).hard().onlyDeleted().all();
void db.update(users).withDeleted().set({ email: "" }).all();
void db.delete(plain).hard().all();
void db.from(plain).where(live(users));
// @ts-expect-error -- not soft.
void db.from(plain).withDeleted();
// @ts-expect-error -- not soft.
void db.from(plain).onlyDeleted(plain);
// @ts-expect-error -- which one isn't told.
void db.select({ id: users.id }).from(users).withDeleted();
// @ts-expect-error -- not soft.
void db.restore(plain).all();
// @ts-expect-error -- not soft.
void db.delete(plain).hard().withDeleted().all();
// @ts-expect-error -- not soft.
void db.update(plain).withDeleted().set({ id: 1 }).all();
// @ts-expect-error -- not soft.
live(plain);
// @ts-expect-error -- a soft delete meets live rows; what is deleted is deleted for good.
void db.delete(users).withDeleted().all();

// Relations to rows that may be hidden.
const notes = table("notes", { id: uuid().primaryKey(), ...softDelete({ scope: "off" }) });
const links = table("links", {
  id: integer().primaryKey(),
  userId: uuid()
    .notNull()
    .references(() => users.id),
  noteId: uuid()
    .notNull()
    .references(() => notes.id),
});
const schema = defineSchema({ links, notes, users }, (r) => ({
  links: { user: r.one(users), note: r.one(notes) },
}));
declare const related: Database<typeof schema>;
const [link] = await related.from(links).with({ user: true, note: true });
expectType<Equal<NonNullable<typeof link>["user"], RowOf<typeof users> | null>>();
expectType<Equal<NonNullable<typeof link>["note"], RowOf<typeof notes>>>();
const [shown] = await related.from(links).with({ user: { withDeleted: true } });
expectType<Equal<NonNullable<typeof shown>["user"], RowOf<typeof users>>>();

// Clients.
expectType<Equal<ReturnType<typeof db.scoped>, Database>>();
void db.scoped({ tenant: 1 }).without("region").from(posts);
// @ts-expect-error -- which scope?
void db.without();
// @ts-expect-error -- no such rows.
unique({ among: "dead" });
// @ts-expect-error -- a column has one value of its type.
integer().scope("tenant", (column) => eq(column, "1"));
