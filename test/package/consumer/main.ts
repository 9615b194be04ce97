// Compiled and run against the packed package, installed alone.
import {
  connect,
  createTables,
  defineSchema,
  eq,
  integer,
  table,
  text,
  UniqueViolationError,
} from "plinth";
import { queries } from "./plinth.queries.ts";

const users = table("users", {
  id: integer().primaryKey(),
  name: text().notNull().unique(),
  motto: text(),
});
const schema = defineSchema({ users });

const db = await connect("sqlite::memory:", { schema, queries });
await createTables(db, schema);
await db.insert(users).values([
  { id: 1, name: "Ada" },
  { id: 2, name: "Grace", motto: "Dare and do." },
]);

// @ts-expect-error A key is a number.
const mistaken = () => db.insert(users).values({ id: "3", name: "Edsger" });
void mistaken;

const rows: { id: number; name: string; motto: string | null }[] = await db
  .from(users)
  .where(eq(users.id, 2));

const checked: { name: string }[] = await db.query("select name from users where id = :id", {
  id: 2,
});
const motto: string | null = (await db.query(queries.findMotto, { id: 2 }).one()).motto;
// @ts-expect-error It was never checked.
const unchecked = () => db.query("select name from users");
void unchecked;

let collision: unknown;
try {
  await db.transaction(async (tx) => {
    await tx.insert(users).values({ id: 3, name: "Edsger" });
    await tx.insert(users).values({ id: 4, name: "Ada" });
  });
} catch (error) {
  collision = error;
}
const names: string[] = (await db.from(users)).map((user) => user.name);
await db.close();

export const story = {
  rows,
  names,
  checked,
  motto,
  isCollision: collision instanceof UniqueViolationError,
};
