import {
  abs,
  add,
  asc,
  ceil,
  concat,
  count,
  dateAdd,
  dateDiff,
  datePart,
  dateTrunc,
  divide,
  eq,
  floor,
  greatest,
  isDistinctFrom,
  isNotDistinctFrom,
  least,
  length,
  modulo,
  negate,
  nullIf,
  random,
  replace,
  round,
  stringAgg,
  substring,
  sum,
  trim,
  type Database,
} from "plinth";
import { expectType, type Equal } from "./equal.ts";
import { likes, posts, users } from "./tables.ts";

declare const db: Database;

const rows = await db
  .select({
    half: divide(users.credits, 2),
    views: divide(users.views, 10n),
    share: divide(users.balance, users.credits),
    price: divide(users.balance, "1.50"),
    mean: divide(sum(users.balance), count()),
    rest: modulo(users.credits, 3),
    size: abs(users.credits),
    owed: negate(users.balance),
    low: floor(users.balance),
    high: ceil(users.credits),
    near: round(users.balance, 1),
    most: greatest(users.credits, 5, add(users.credits, 1)),
    least: least(users.balance, "1.00"),
    chance: random(),
    full: concat(users.name, " ", users.role),
    maybe: concat(posts.body, "!"),
    length: length(users.name),
    bodyLength: length(posts.body),
    trimmed: trim(posts.title),
    part: substring(posts.body, 1, 3),
    replaced: replace(users.name, "a", "b"),
    names: stringAgg(users.name, ", ", { orderBy: [asc(users.name).nullsLast(), users.id] }),
    credits: nullIf(users.credits, 0),
    differ: isDistinctFrom(users.teamId, null),
    same: isNotDistinctFrom(users.teamId, 3),
    year: datePart("year", users.createdAt),
    deleted: datePart("month", users.deletedAt),
    month: dateTrunc("month", users.createdAt),
    later: dateAdd(users.deletedAt, 1, "month"),
    at: dateTrunc("day", likes.at),
    days: dateDiff("day", users.createdAt, new Date()),
    age: dateDiff("hour", users.deletedAt, users.createdAt),
  })
  .from(users)
  .innerJoin(posts, eq(posts.authorId, users.id))
  .innerJoin(likes, eq(likes.postId, posts.id));
expectType<
  Equal<
    (typeof rows)[number],
    {
      half: number | null;
      views: bigint | null;
      share: string | null;
      price: string | null;
      mean: string | null;
      rest: number | null;
      size: number;
      owed: string | null;
      low: string | null;
      high: number;
      near: string | null;
      most: number;
      least: string | null;
      chance: number;
      full: string;
      maybe: string | null;
      length: number;
      bodyLength: number | null;
      trimmed: string;
      part: string | null;
      replaced: string;
      names: string | null;
      credits: number | null;
      differ: boolean;
      same: boolean;
      year: number;
      deleted: number | null;
      month: Date;
      later: Date | null;
      at: string;
      days: number;
      age: number | null;
    }
  >
>();

// What an outer join may leave out may be NULL.
const [joined] = await db
  .select({ title: concat(posts.title, "!"), length: length(posts.title) })
  .from(users)
  .leftJoin(posts, eq(posts.authorId, users.id));
expectType<Equal<typeof joined, { title: string | null; length: number | null } | undefined>>();

// @ts-expect-error -- a text is no number
divide(users.credits, "2");
// @ts-expect-error -- a bigint is divided by one
divide(users.views, 2);
// @ts-expect-error -- a boolean is no number
abs(users.isActive);
// @ts-expect-error -- another type
greatest(users.credits, "5");
// @ts-expect-error -- a number is no text
concat(users.credits, "x");
// @ts-expect-error -- a number has no length
length(users.credits);
// @ts-expect-error -- no such unit
dateTrunc("fortnight", users.createdAt);
// @ts-expect-error -- no such part
datePart("week", users.createdAt);
// @ts-expect-error -- a number is no instant
datePart("year", users.credits);
// @ts-expect-error -- months have no one length
dateDiff("month", users.createdAt, users.createdAt);
// @ts-expect-error -- an instant and a text
dateDiff("day", users.createdAt, "2024-01-01");
// @ts-expect-error -- another type
isDistinctFrom(users.teamId, "3");
// @ts-expect-error -- another type
nullIf(users.credits, "0");
// @ts-expect-error -- numbers are no texts
stringAgg(users.credits, ",");
