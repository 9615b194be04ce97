import {
  connect,
  hooks,
  type Actor,
  type InsertEvent,
  type KeyOf,
  type RowOf,
  type TableHooks,
  type Transaction,
  type UpdateSet,
} from "plinth";
import { expectType, type Equal } from "./equal.ts";
import { likes, users } from "./tables.ts";

type User = RowOf<typeof users>;

// Each hook gets what it is of, by the table's own types.
const own = hooks(users, {
  beforeInsert(event) {
    expectType<Equal<typeof event, InsertEvent<typeof users>>>();
    return event.rows.map((row) => ({ ...row, credits: 1 }));
  },
  async afterInsert({ tx, actor, keys, rows }) {
    expectType<Equal<typeof tx, Transaction>>();
    expectType<Equal<typeof actor, Actor | undefined>>();
    expectType<Equal<typeof keys, readonly string[]>>();
    expectType<Equal<typeof rows, readonly User[]>>();
    await tx.from(users);
  },
  beforeUpdate({ updates, action }) {
    expectType<Equal<typeof action, "restore" | "update">>();
    expectType<Equal<(typeof updates)[number]["set"], UpdateSet<typeof users>>>();
    return updates.map(({ set }) => ({ ...set, credits: 1 }));
  },
  afterUpdate({ changes }) {
    expectType<Equal<(typeof changes)[number]["before"], User>>();
    expectType<Equal<(typeof changes)[number]["key"], string>>();
  },
});
expectType<Equal<typeof own, TableHooks>>();
void connect("sqlite::memory:", { hooks: [own] });

// A key of several columns is an object.
hooks(likes, {
  beforeDelete({ keys, action }) {
    expectType<Equal<typeof keys, readonly KeyOf<typeof likes>[]>>();
    expectType<Equal<typeof action, "delete" | "soft delete">>();
  },
  afterDelete: ({ rows }) => void rows.map(({ userId }) => userId.length),
});

// @ts-expect-error -- there is no such hook.
hooks(users, { beforeSave() {} });
// @ts-expect-error -- what is set is of the table's columns.
hooks(users, { beforeUpdate: ({ updates }) => updates.map(() => ({ creditz: 1 })) });
// @ts-expect-error -- and of their types.
hooks(users, { beforeInsert: ({ rows }) => rows.map((row) => ({ ...row, name: 1 })) });
