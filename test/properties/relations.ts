/** Random trees of relations, and what plain loops over all rows make of them. */
import {
  and,
  asc,
  bigint,
  bytes,
  countOf,
  decimal,
  defineSchema,
  desc,
  eq,
  every,
  foreignKey,
  gt,
  index,
  integer,
  isNotNull,
  json,
  none,
  softDelete,
  some,
  table,
  timestamp,
  varchar,
  type Condition,
  type Expression,
  type Relation,
} from "plinth";
import { infoOf, type AnyTable, type AnyTableColumn } from "../../src/schema/table.ts";
import type { Random } from "./random.ts";

const id = integer().primaryKey();

const people = table(
  "tree_people",
  {
    id,
    name: varchar({ length: 20 }).notNull(),
    managerId: integer().references(() => people.id, { onDelete: "set null" }),
    ...softDelete(),
  },
  (t) => [index().on(t.managerId)],
);
const posts = table(
  "tree_posts",
  {
    id,
    authorId: integer()
      .notNull()
      .references(() => people.id),
    editorId: integer().references(() => people.id),
    big: bigint().notNull(),
    price: decimal({ precision: 12, scale: 2 }).notNull(),
    at: timestamp(),
    mask: bytes(),
    data: json<unknown>(),
  },
  (t) => [index().on(t.authorId)],
);
const comments = table(
  "tree_comments",
  {
    id,
    postId: integer()
      .notNull()
      .references(() => posts.id),
    writerId: integer().references(() => people.id),
    stars: integer(),
    ...softDelete(),
  },
  (t) => [index().on(t.postId)],
);
const tags = table("tree_tags", {
  id: bigint().primaryKey(),
  name: varchar({ length: 20 }).notNull(),
});
const postTags = table("tree_post_tags", {
  postId: integer()
    .primaryKey()
    .references(() => posts.id),
  tagId: bigint()
    .primaryKey()
    .references(() => tags.id),
  weight: integer().notNull(),
});
const halls = table("tree_halls", {
  city: varchar({ length: 5 }).primaryKey(),
  number: integer().primaryKey(),
  keeperId: integer().references(() => people.id),
  ...softDelete(),
});
const seats = table("tree_seats", { id, city: varchar({ length: 5 }), hall: integer() }, (t) => [
  foreignKey()
    .on(t.city, t.hall)
    .references(() => [halls.city, halls.number]),
]);

export const schema = defineSchema(
  { people, posts, comments, tags, postTags, halls, seats },
  (r) => ({
    people: {
      manager: r.one(people, { on: people.managerId }),
      reports: r.many(people, { on: people.managerId }),
      posts: r.many(posts, { on: posts.authorId }),
      edited: r.many(posts, { on: posts.editorId, where: gt(posts.id, 10) }),
      readers: r.many(people, {
        through: [
          { table: posts, from: posts.authorId },
          { table: comments, to: comments.writerId },
        ],
      }),
      halls: r.many(halls),
      seats: r.many(seats, { through: halls }),
    },
    posts: {
      author: r.one(people, { on: posts.authorId }),
      editor: r.one(people, { on: posts.editorId }),
      comments: r.many(comments),
      tags: r.many(tags, { through: postTags }),
      tagging: r.many(postTags),
      dear: r.one(people, {
        from: posts.authorId,
        to: people.id,
        where: and(gt(posts.id, 5), gt(people.id, 3)),
      }),
    },
    comments: {
      post: r.one(posts),
      writer: r.one(people, { on: comments.writerId }),
      author: r.one(people, { through: { table: posts, to: posts.authorId } }),
    },
    tags: { posts: r.many(posts, { through: postTags }) },
    postTags: { tag: r.one(tags), post: r.one(posts) },
    halls: { keeper: r.one(people, { on: halls.keeperId }), seats: r.many(seats) },
    seats: { place: r.one(halls, { on: [seats.city, seats.hall] }) },
  }),
);

type Row = Readonly<Record<string, unknown>>;
type Test = (row: Row) => boolean | null;

/** What relations say of their rows besides the keys. */
const relationTests: Readonly<Record<string, { owner?: Test; target?: Test }>> = {
  "tree_people.edited": { target: (row) => Number(row["id"]) > 10 },
  "tree_posts.dear": {
    owner: (row) => Number(row["id"]) > 5,
    target: (row) => Number(row["id"]) > 3,
  },
};

const above = (key: string, than: number): Test => {
  return (row) => (row[key] === null ? null : Number(row[key]) > than);
};

/** Conditions over one table, and what they mean. */
const conditions = new Map<AnyTable, readonly (readonly [Condition, Test])[]>([
  [
    people,
    [
      [gt(people.id, 4), above("id", 4)],
      [isNotNull(people.managerId), (row) => row["managerId"] !== null],
    ],
  ],
  [
    posts,
    [
      [gt(posts.editorId, 5), above("editorId", 5)],
      [gt(posts.price, "500.00"), above("price", 500)],
    ],
  ],
  [
    comments,
    [
      [gt(comments.stars, 2), above("stars", 2)],
      [
        eq(comments.writerId, 1),
        (row) => (row["writerId"] === null ? null : row["writerId"] === 1),
      ],
    ],
  ],
  [tags, [[gt(tags.id, 3n), above("id", 3)]]],
  [postTags, [[gt(postTags.weight, 2), above("weight", 2)]]],
  [halls, [[gt(halls.number, 1), above("number", 1)]]],
  [seats, [[gt(seats.hall, 1), above("hall", 1)]]],
]);

export type Data = ReadonlyMap<AnyTable, readonly Row[]>;

export function dataOf(random: Random): Data {
  const list = (length: number, make: (index: number) => Row): Row[] =>
    Array.from({ length }, (_, index) => make(index + 1));
  const maybe = (bound: number): number | null =>
    random.below(3) === 0 ? null : 1 + random.below(bound);
  const deleted = (): { deletedAt: Date | null } => ({
    deletedAt: random.below(5) === 0 ? new Date(1_600_000_000_000) : null,
  });
  const pairs = new Set<string>();
  const data = new Map<AnyTable, readonly Row[]>();
  data.set(
    people,
    list(9, (own) => ({
      id: own,
      name: `p${random.below(4)}`,
      managerId: own === 1 || random.below(4) === 0 ? null : 1 + random.below(own - 1),
      ...deleted(),
    })),
  );
  data.set(
    posts,
    list(25, (own) => ({
      id: own,
      authorId: 1 + random.below(7),
      editorId: maybe(9),
      big: 9_007_199_254_740_993n * BigInt(1 + random.below(3)),
      price: `${random.below(1_000)}.${random.below(10)}0`,
      at: random.below(4) === 0 ? null : new Date(1_700_000_000_123 + random.below(1_000)),
      mask: random.below(4) === 0 ? null : new Uint8Array([own, 0, 255]),
      data: random.below(4) === 0 ? null : { deep: [own, null, "ü"] },
    })),
  );
  data.set(
    comments,
    list(40, (own) => ({
      id: own,
      postId: 1 + random.below(20),
      writerId: maybe(9),
      stars: maybe(5),
      ...deleted(),
    })),
  );
  data.set(
    tags,
    list(6, (own) => ({ id: BigInt(own), name: `t${own}` })),
  );
  data.set(
    postTags,
    list(40, () => ({
      postId: 1 + random.below(25),
      tagId: BigInt(1 + random.below(5)),
      weight: random.below(5),
    })).filter(({ postId, tagId }) => {
      const pair = `${String(postId)} ${String(tagId)}`;
      const isNew = !pairs.has(pair);
      pairs.add(pair);
      return isNew;
    }),
  );
  data.set(
    halls,
    ["A", "B", "C"].flatMap((city) =>
      [1, 2, 3].map((number) => ({ city, number, keeperId: maybe(9), ...deleted() })),
    ),
  );
  data.set(
    seats,
    list(30, (own) => ({
      id: own,
      city: random.below(6) === 0 ? null : "ABC"[random.below(3)]!,
      hall: maybe(3),
    })),
  );
  return data;
}

/** One level: what the query is told, and the same for the loops. */
interface Level {
  readonly options: Record<string, unknown>;
  readonly test: Test | undefined;
  readonly order: readonly { readonly key: string; readonly isDown: boolean }[] | undefined;
  readonly limit: number | undefined;
  readonly offset: number;
  readonly keys: readonly string[] | undefined;
  readonly withDeleted: boolean;
  readonly inner: ReadonlyMap<Relation, Level>;
}

const relationsOf = new Map<AnyTable, readonly Relation[]>(
  [...conditions.keys()].map((owner) => [
    owner,
    Object.values(schema.relations)
      .flatMap((ofTable) => Object.values(ofTable) as Relation[])
      .filter((relation) => relation.owner === infoOf(owner)),
  ]),
);

function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items[random.below(items.length)]!;
}

export function treeOf(
  random: Random,
  of: AnyTable,
  depth: number,
): { tree: Record<string, unknown>; inner: ReadonlyMap<Relation, Level> } {
  const tree: Record<string, unknown> = {};
  const inner = new Map<Relation, Level>();
  const known = relationsOf.get(of)!;
  const count = depth === 0 || known.length === 0 ? 0 : random.below(4);
  for (let index = 0; index < count; index++) {
    const relation = pick(random, known);
    const level = levelOf(random, relation, depth - 1);
    tree[relation.name] = Object.keys(level.options).length === 0 ? true : level.options;
    inner.set(relation, level);
  }
  return { tree, inner };
}

function levelOf(random: Random, relation: Relation, depth: number): Level {
  const of = relation.table;
  const options: Record<string, unknown> = {};
  const where = random.below(3) === 0 ? pick(random, conditions.get(of)!) : undefined;
  if (where !== undefined) options["where"] = where[0];
  const isMany = relation.cardinality === "many";
  const order = isMany && random.below(2) === 0 ? orderOf(random, of) : undefined;
  if (order !== undefined) {
    options["orderBy"] = order.map(({ key, isDown }) => {
      const column = columnOf(of, key);
      return isDown ? desc(column) : asc(column);
    });
  }
  const limit = isMany && random.below(3) === 0 ? random.below(4) : undefined;
  if (limit !== undefined) options["limit"] = limit;
  const offset = isMany && random.below(5) === 0 ? random.below(3) : 0;
  if (offset > 0) options["offset"] = offset;
  const all = infoOf(of).columns.map(({ key }) => key);
  const keys =
    random.below(3) === 0
      ? all.filter((_, index) => index === 0 || random.below(2) === 0)
      : undefined;
  if (keys !== undefined) options["select"] = keys;
  const withDeleted = infoOf(of).softDelete !== undefined && random.below(5) === 0;
  if (withDeleted) options["withDeleted"] = true;
  const { tree, inner } = treeOf(random, of, depth);
  if (inner.size > 0) options["with"] = tree;
  return { options, test: where?.[1], order, limit, offset, keys, withDeleted, inner };
}

function columnOf(of: AnyTable, key: string): AnyTableColumn {
  return infoOf(of).column(key)!;
}

/** A total order: perhaps a column first, the key in any case. */
export function orderOf(random: Random, of: AnyTable): { key: string; isDown: boolean }[] {
  const plain = infoOf(of).columns.filter(({ type }) => ["bigint", "integer"].includes(type.kind));
  const first = random.below(2) === 0 ? [pick(random, plain)] : [];
  return [...first, ...infoOf(of).primaryKey].map(({ key }) => ({
    key,
    isDown: random.below(2) === 0,
  }));
}

type Comparable = bigint | number | string;

export function sorted(
  rows: readonly Row[],
  order: readonly { readonly key: string; readonly isDown: boolean }[],
): Row[] {
  return rows.toSorted((left, right) => {
    for (const { key, isDown } of order) {
      const [one, other] = [left[key] as Comparable | null, right[key] as Comparable | null];
      if (one === other) continue;
      // NULLs are smallest.
      const isLess = one === null || (other !== null && one < other);
      return isLess === isDown ? 1 : -1;
    }
    return 0;
  });
}

/** Whether a query of its table sees a row by itself. */
export function isLive(row: Row): boolean {
  return (row["deletedAt"] ?? null) === null;
}

/** The rows that belong to one, found by looking at all. */
function relatedRows(data: Data, relation: Relation, row: Row, withDeleted = false): Row[] {
  const tests = relationTests[`${relation.owner.table}.${relation.name}`];
  if (tests?.owner?.(row) === false) return [];
  let rows = [row];
  for (const { from, table: next, to } of relation.steps) {
    const [own] = [...data].find(([candidate]) => infoOf(candidate) === next)!;
    const seesAll = withDeleted && next === relation.target;
    rows = data.get(own)!.filter(
      (candidate) =>
        (seesAll || isLive(candidate)) &&
        rows.some((before) =>
          from.every((column, index) => {
            const value = before[column.key];
            return value !== null && value === candidate[to[index]!.key];
          }),
        ),
    );
  }
  return tests?.target === undefined
    ? rows
    : rows.filter((candidate) => tests.target!(candidate) === true);
}

export function oracle(
  data: Data,
  inner: ReadonlyMap<Relation, Level>,
  row: Row,
  keys: readonly string[] | undefined,
): Row {
  const result: Record<string, unknown> = {};
  for (const key of keys ?? Object.keys(row)) result[key] = row[key];
  for (const [relation, level] of inner) {
    let rows = relatedRows(data, relation, row, level.withDeleted);
    if (level.test !== undefined)
      rows = rows.filter((candidate) => level.test!(candidate) === true);
    const isCut = level.limit !== undefined || level.offset > 0;
    const byKey = relation.target.primaryKey.map(({ key }) => ({ key, isDown: false }));
    const order = level.order ?? (isCut ? byKey : undefined);
    if (order !== undefined) rows = sorted(rows, order);
    rows = rows.slice(
      level.offset,
      level.limit === undefined ? undefined : level.offset + level.limit,
    );
    const made = rows.map((candidate) => oracle(data, level.inner, candidate, level.keys));
    result[relation.name] = relation.cardinality === "one" ? (made[0] ?? null) : made;
  }
  return result;
}

function textOf(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner === "bigint") return `${inner}n`;
    return inner instanceof Uint8Array ? Buffer.from(inner).toString("hex") : inner;
  });
}

/** One text for rows that are equal; a list that has no order is equal to its items in any. */
export function spelt(row: Row, inner: ReadonlyMap<Relation, Level>): string {
  const levels = new Map([...inner].map(([{ name }, level]) => [name, level]));
  const parts = Object.keys(row)
    .toSorted()
    .map((key) => {
      const level = levels.get(key);
      const value = row[key];
      if (level === undefined || value === null) return `${key}: ${textOf(value)}`;
      if (!Array.isArray(value)) return `${key}: ${spelt(value as Row, level.inner)}`;
      const texts = (value as Row[]).map((item) => spelt(item, level.inner));
      const isOrdered = level.order !== undefined || level.limit !== undefined || level.offset > 0;
      return `${key}: [${(isOrdered ? texts : texts.toSorted()).join(", ")}]`;
    });
  return `{${parts.join(", ")}}`;
}

/** A condition about related rows, or a count of them, and what it is of a row. */
export function questionOf(
  random: Random,
  of: AnyTable,
): { readonly expression: Expression<unknown>; answer(data: Data, row: Row): unknown } {
  const relation = pick(random, relationsOf.get(of)!);
  const [condition, test] = pick(random, conditions.get(relation.table)!);
  const met = (data: Data, row: Row): number =>
    relatedRows(data, relation, row).filter((candidate) => test(candidate) === true).length;
  switch (random.below(5)) {
    case 0:
      return { expression: some(relation, condition), answer: (data, row) => met(data, row) > 0 };
    case 1:
      return { expression: none(relation, condition), answer: (data, row) => met(data, row) === 0 };
    case 2:
      return {
        expression: every(relation, condition),
        answer: (data, row) => met(data, row) === relatedRows(data, relation, row).length,
      };
    case 3:
      return {
        expression: countOf(relation),
        answer: (data, row) => relatedRows(data, relation, row).length,
      };
    default:
      return { expression: countOf(relation, condition), answer: met };
  }
}
