import {
  fromJson,
  insertSchema,
  selectSchema,
  toJson,
  updateSchema,
  type Json,
  type NewRowOf,
  type RowOf,
  type StandardSchema,
} from "plinth";
import { expectType, type Equal } from "./equal.ts";
import { likes, users, type posts } from "./tables.ts";

type InputOf<S extends StandardSchema> = NonNullable<S["~standard"]["types"]>["input"];
type OutputOf<S extends StandardSchema> = NonNullable<S["~standard"]["types"]>["output"];

// A schema's types are those of the rows that are written or read.
const newUser = insertSchema(users);
expectType<Equal<OutputOf<typeof newUser>, NewRowOf<typeof users>>>();
expectType<Equal<InputOf<typeof newUser>, NewRowOf<typeof users>>>();
const readUser = selectSchema(users);
expectType<Equal<OutputOf<typeof readUser>, RowOf<typeof users>>>();
const changedLike = updateSchema(likes, { omit: ["userId"] });
expectType<Equal<OutputOf<typeof changedLike>, { postId?: number; at?: string }>>();

// What JSON has no word for comes as text.
const sent = insertSchema(users, { coerce: "json", omit: ["id", "createdAt"] });
expectType<Equal<InputOf<typeof sent>["views"], string>>();
expectType<Equal<OutputOf<typeof sent>["views"], bigint>>();
expectType<Equal<InputOf<typeof sent>["deletedAt"], string | null | undefined>>();
// @ts-expect-error The column is left out.
type _Left = OutputOf<typeof sent>["id"];

declare const text: StandardSchema<unknown, string>;
declare const count: StandardSchema<unknown, number>;
insertSchema(users, { columns: { name: text, credits: count } });
// @ts-expect-error A name is a text.
insertSchema(users, { columns: { name: count } });
// @ts-expect-error There is no such column.
insertSchema(users, { columns: { nam: text } });
// @ts-expect-error There is no such column to leave out.
insertSchema(users, { omit: ["nam"] });
// @ts-expect-error Nothing else is converted.
insertSchema(users, { coerce: "form" });

// Rows as JSON, and back.
declare const user: RowOf<typeof users>;
const json = toJson(user);
expectType<Equal<(typeof json)["views"], string>>();
expectType<Equal<(typeof json)["createdAt"], string>>();
expectType<Equal<(typeof json)["settings"], { dark: boolean } | null>>();
expectType<Equal<Json<RowOf<typeof posts>>["id"], RowOf<typeof posts>["id"]>>();
const back = fromJson(users, json);
expectType<Equal<typeof back, RowOf<typeof users>>>();
const list = fromJson({ who: users.name, deep: { views: users.views } }, [json]);
expectType<Equal<typeof list, { who: string; deep: { views: bigint } }[]>>();
