import {
  alias,
  count,
  eq,
  inArray,
  inserted,
  integer,
  isDistinctFrom,
  isNull,
  like,
  lower,
  lt,
  ne,
  notInArray,
  table,
  text,
  varchar,
  type Database,
  type NewRowOf,
  type RowOf,
} from "plinth";
import { expectType, type Equal } from "./equal.ts";

declare const db: Database;

const patients = table("patients", {
  id: integer().primaryKey(),
  email: varchar({ length: 60 }).notNull().encrypted({ deterministic: true }).unique(),
  ward: integer().encrypted({ deterministic: true }),
  note: text().encrypted(),
  mood: text().$type<"high" | "low">().encrypted().notNull(),
});

// Rows are what they are without.
expectType<
  Equal<
    RowOf<typeof patients>,
    { id: number; email: string; ward: number | null; note: string | null; mood: "high" | "low" }
  >
>();
expectType<
  Equal<
    NewRowOf<typeof patients>,
    { id: number; email: string; mood: "high" | "low"; ward?: number | null; note?: string | null }
  >
>();
const [selected] = await db
  .select({ email: patients.email, note: patients.note, mood: patients.mood, all: patients })
  .from(patients);
expectType<Equal<NonNullable<typeof selected>["email"], string>>();
expectType<Equal<NonNullable<typeof selected>["note"], string | null>>();
expectType<Equal<NonNullable<typeof selected>["mood"], "high" | "low">>();
const others = alias(patients, "others");
const [joined] = await db
  .select({ email: others.email })
  .from(patients)
  .leftJoin(others, eq(others.id, patients.id));
expectType<Equal<NonNullable<typeof joined>["email"], string | null>>();
const inner = db.select({ mail: patients.email }).from(patients).as("inner_rows");
const [outer] = await db.from(inner).where(eq(inner.mail, "ada@example.org"));
expectType<Equal<NonNullable<typeof outer>["mail"], string>>();

// What can be asked.
void db.from(patients).where(eq(patients.email, "ada@example.org"));
void db.from(patients).where(ne(patients.ward, 7));
void db.from(patients).where(inArray(patients.email, ["ada@example.org"]));
void db.from(patients).where(notInArray(patients.ward, [7]));
void db.from(patients).where(isDistinctFrom(patients.ward, null));
void db.from(patients).where(isNull(patients.note));
void db.select({ notes: count(patients.note) }).from(patients);
void db.update(patients).set({ note: "x", ward: null }).where(eq(patients.email, "x"));
void db
  .insert(patients)
  .values({ id: 1, email: "x", mood: "low" })
  .onConflict(patients.email)
  .update({ note: inserted(patients.note) });

// @ts-expect-error a number is no ward
void eq(patients.email, 7);
// @ts-expect-error it is another value each time
void eq(patients.note, "x");
// @ts-expect-error it is another value each time
void inArray(patients.note, ["x"]);
// @ts-expect-error the database can't tell which is less
void lt(patients.ward, 7);
// @ts-expect-error the database can't read it
void like(patients.email, "a%");
// @ts-expect-error the database can't read it
void lower(patients.email);
// @ts-expect-error values of two columns are never alike
void eq(patients.email, patients.note);
// @ts-expect-error each value is bound to its column
void db.update(patients).set({ note: patients.email }).where(eq(patients.id, 1));
// @ts-expect-error an enum's name is no such mood
void db.insert(patients).values({ id: 1, email: "x", mood: "even" });
