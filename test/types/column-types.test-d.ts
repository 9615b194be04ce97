import {
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
export { flags, mask, role };
