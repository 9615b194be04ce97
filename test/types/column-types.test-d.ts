import {
  array,
  bindAs,
  customType,
  eq,
  sql,
  arrayAppend,
  arrayContains,
  arrayIncludes,
  arrayLength,
  arrayRemove,
  bigint,
  bitField,
  clearBits,
  fromBits,
  hasAll,
  integer,
  setBits,
  table,
  text,
  toBits,
  varchar,
  type Bits,
  type Database,
  type Expression,
  type NewRowOf,
  type RowOf,
} from "plinth";
import { expectType, type Equal } from "./equal.ts";

declare const db: Database;

// The words of a text's comparison keep its type.
const people = table("people", {
  id: integer().primaryKey(),
  email: varchar({ length: 9 }).notNull().caseInsensitive().unique(),
  city: text().collate({ postgres: "de-x-icu" }),
});
expectType<Equal<RowOf<typeof people>, { id: number; email: string; city: string | null }>>();
// @ts-expect-error There is no such database.
text().collate({ oracle: "BINARY" });

// Bit fields know the names of their bits.
type Flag = "read" | "write";
const roles = table("roles", {
  id: integer().primaryKey(),
  can: bitField({ flags: { read: 0, write: 1 } }).notNull(),
  extra: bitField("more", { flags: { a: 0 } }),
  count: bigint().notNull(),
});
expectType<
  Equal<
    RowOf<typeof roles>,
    { id: number; can: Bits<Flag>; extra: Bits<"a"> | null; count: bigint }
  >
>();
const role: NewRowOf<typeof roles> = { id: 1, can: 5n, count: 1n };
const mask: bigint = toBits(roles.can, ["read"]);
const flags: Flag[] = fromBits(roles.can, 5n);
hasAll(roles.can, ["read", "write"]);
hasAll(roles.extra, ["a"]);
// @ts-expect-error There is no such flag.
hasAll(roles.can, ["reed"]);
// @ts-expect-error There is no such flag.
setBits(roles.can, ["a"]);
// @ts-expect-error A number is no bit field.
hasAll(roles.id, ["read"]);
db.update(roles).set({ can: setBits(roles.can, ["read"]), extra: clearBits(roles.extra, ["a"]) });
// @ts-expect-error The one may be NULL, and the other may not.
db.update(roles).set({ can: setBits(roles.extra, ["a"]) });
// Arrays hold values of their element's type, and NULL only where it is said.
const articles = table("articles", {
  id: integer().primaryKey(),
  tags: array("the_tags", varchar({ length: 9 })).notNull(),
  counts: array(bigint(), { nulls: true }),
  roles: array(text().$type<Flag>()),
});
expectType<
  Equal<
    RowOf<typeof articles>,
    { id: number; tags: string[]; counts: (bigint | null)[] | null; roles: Flag[] | null }
  >
>();
arrayContains(articles.counts, [1n]);
arrayIncludes(articles.roles, "read");
const length: Expression<number, string> = arrayLength(articles.tags);
// @ts-expect-error The array may be NULL, and so its length.
const never: Expression<number, string> = arrayLength(articles.roles);
// @ts-expect-error An element is text.
arrayContains(articles.tags, [1]);
// @ts-expect-error There is no such role.
arrayIncludes(articles.roles, "reed");
// @ts-expect-error NULL is equal to nothing.
arrayContains(articles.counts, [null]);
// @ts-expect-error A text is no array.
arrayLength(people.email);
db.update(articles).set({ tags: arrayAppend(articles.tags, "a", "b") });
// @ts-expect-error An element is text.
db.update(articles).set({ tags: arrayRemove(articles.tags, 1) });

// A custom type has the values of its codec.
const place = customType<{ x: number }>({
  name: "place",
  postgres: { type: "point", write: "f($value)" },
  encode: ({ x }) => `${x}`,
  decode: (stored) => ({ x: Number(stored) }),
});
const places = table("places", { id: integer().primaryKey(), at: place().notNull(), was: place() });
expectType<
  Equal<RowOf<typeof places>, { id: number; at: { x: number }; was: { x: number } | null }>
>();
eq(places.at, { x: 1 });
const near = sql`${places.at} <-> ${bindAs(places.was, { x: 1 })}`;
// @ts-expect-error The value is of another type.
eq(places.at, "1");
// @ts-expect-error The value is of another type.
bindAs(places.at, { y: 1 });
// @ts-expect-error A codec has two ways.
customType<number>({ name: "half", sqlite: { type: "text" }, encode: String });
// @ts-expect-error What is stored is text, a number or bytes.
customType<number>({ name: "odd", encode: (value) => ({ value }), decode: Number });

export { near, length, never, flags, mask, role };
