import {
  array,
  bigint,
  bitField,
  boolean,
  date,
  decimal,
  enumType,
  integer,
  json,
  softDelete,
  table,
  text,
  timestamp,
  type RowOf,
  varchar,
} from "plinth";
import type { Random } from "./random.ts";

const mood = enumType("mood", ["low", "even", "high"]);

/** Every kind of value, and NULLs in most columns. */
export const people = table("people", {
  id: integer().primaryKey(),
  bossId: integer(),
  points: integer(),
  rank: integer().notNull(),
  steps: bigint(),
  credit: decimal({ precision: 12, scale: 2 }),
  name: varchar({ length: 40 }).notNull(),
  code: varchar({ length: 20 }),
  note: text(),
  isActive: boolean(),
  isNew: boolean().notNull(),
  seenAt: timestamp(),
  born: date(),
  mood: mood(),
  handle: varchar({ length: 20 }).caseInsensitive(),
  tags: array(varchar({ length: 10 })),
  flags: bitField({ flags: { read: 0, write: 1, top: 62 } }),
  doc: json(),
  tenant: integer().notNull().scope("tenant"),
  ...softDelete(),
});

/** Texts of a column that tells no case apart, but for letters beyond ASCII. */
export const HANDLES: readonly string[] = ["", "a", "A", "ab", "aB", "é", "É", "z_", "Z%"];
export const TAGS: readonly string[] = ["a", "A", "", "b c", `'"`, "ä"];
export const FLAGS = ["read", "write", "top"] as const;
/** Keys of documents. */
export const KEYS: readonly string[] = ["k", "K", "0", "", `a.b"`, "é"];

export const tasks = table("tasks", {
  id: integer().primaryKey(),
  personId: integer(),
  points: integer(),
  hours: decimal({ precision: 12, scale: 2 }).notNull(),
  title: varchar({ length: 40 }),
  isDone: boolean(),
  dueAt: timestamp().notNull(),
  day: date(),
  tenant: integer().notNull().scope("tenant"),
  ...softDelete(),
});

/** Columns by which queries leave rows out, and which they don't read. */
export const HIDING: readonly string[] = ["deletedAt", "tenant"];

/** What is needed to see all rows. */
export const SCOPES = ["tenant", "soft delete"] as const;

/** Every third row is another tenant's, and every fourth one is deleted. */
function hidden(id: number): { tenant: number; deletedAt: Date | null } {
  return { tenant: id % 3 === 2 ? 2 : 1, deletedAt: id % 4 === 1 ? new Date(0) : null };
}

/** Texts that databases are known to compare, fold or match differently. */
export const WORDS: readonly string[] = [
  "",
  " ",
  "a",
  "A",
  "ab",
  "Ab",
  "a b",
  "b ",
  "ä",
  "Ä",
  "z",
  "Z",
  "😀",
  "%",
  "_",
  "a%",
  String.raw`a\b`,
  "10",
  "9",
];
const CODES: readonly string[] = ["x1", "X1", "y2", "Y-2", "zz", "Zz9", ""];

const PEOPLE_COUNT = 37;
const TASK_COUNT = 61;

export function rowsOf(random: Random): {
  people: RowOf<typeof people>[];
  tasks: RowOf<typeof tasks>[];
} {
  const maybe = <Value>(value: Value): Value | null => (random.oneIn(4) ? null : value);
  const whole = (): number => random.below(15) - 5;
  const amount = (): string => `${whole()}.${random.below(10)}${random.below(10)}`;
  const day = (): string =>
    `20${10 + random.below(3)}-0${1 + random.below(9)}-1${random.below(10)}`;
  const instant = (): Date =>
    new Date(
      Date.UTC(
        2019 + random.below(3),
        random.below(12),
        1 + random.below(28),
        0,
        0,
        0,
        random.below(3),
      ),
    );
  const leaf = (): unknown =>
    random.pick([0, 1, 1.5, 2, -3, true, false, null, "a", "A", "b c", "", [], [1, "a"], {}]);
  const document = (): unknown => {
    const inner = (): unknown => (random.oneIn(3) ? leaves() : leaf());
    const leaves = (): unknown =>
      Object.fromEntries(random.some(KEYS, random.below(4)).map((key) => [key, leaf()]));
    if (random.oneIn(6)) return Array.from({ length: random.below(4) }, inner);
    if (random.oneIn(8)) return leaf() ?? "none";
    return Object.fromEntries(random.some(KEYS, random.below(5)).map((key) => [key, inner()]));
  };
  return {
    people: Array.from({ length: PEOPLE_COUNT }, (_, id) => ({
      id,
      bossId: maybe(random.below(PEOPLE_COUNT)),
      points: maybe(whole()),
      rank: random.below(6),
      steps: maybe(BigInt(whole()) * 10_000_000_000n),
      credit: maybe(amount()),
      name: random.pick(WORDS),
      code: maybe(random.pick(CODES)),
      note: maybe(random.pick(WORDS)),
      isActive: maybe(random.oneIn(2)),
      isNew: random.oneIn(3),
      seenAt: maybe(instant()),
      born: maybe(day()),
      mood: maybe(random.pick(mood.values)),
      handle: maybe(random.pick(HANDLES)),
      tags: maybe(random.some([...TAGS, ...TAGS], random.below(5))),
      flags: maybe(random.pick([0n, 1n, 2n, 3n, 2n ** 62n, 2n ** 62n + 1n, 2n ** 63n - 1n])),
      doc: maybe(document()),
      ...hidden(id),
    })),
    tasks: Array.from({ length: TASK_COUNT }, (_, id) => ({
      id,
      personId: maybe(random.below(PEOPLE_COUNT)),
      points: maybe(whole()),
      hours: amount(),
      title: maybe(random.pick(WORDS)),
      isDone: maybe(random.oneIn(2)),
      dueAt: instant(),
      day: maybe(day()),
      ...hidden(id),
    })),
  };
}
