import { expect, test } from "vitest";
import { uuidv7 } from "../../core/uuid.ts";
import { table } from "../../schema/table.ts";
import { timestamps } from "../../schema/timestamps.ts";
import {
  bigint,
  bytes,
  integer,
  json,
  text,
  timestamp,
  uuid,
  varchar,
} from "../../schema/types.ts";
import { sql } from "../sql.ts";
import { fromJson, toJson } from "./json.ts";
import { insertSchema, selectSchema, updateSchema } from "./schema.ts";
import type { StandardSchema } from "./standard-schema.ts";

const users = table("users", {
  id: uuid().primaryKey().$default(uuidv7),
  email: varchar({ length: 20 }).notNull(),
  age: integer(),
  views: bigint().notNull().default(0n),
  photo: bytes(),
  bornAt: timestamp(),
  settings: json<{ dark: boolean }>(),
  shout: text().generatedAs(() => sql`upper(${users.email})`),
  ...timestamps(),
});

const odd = table("odd", { ["__proto__"]: integer().notNull(), constructor: integer() });

function schemaOf<Value>(read: (value: unknown) => Value): StandardSchema<unknown, Value> {
  return {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: (value) => {
        try {
          return { value: read(value) };
        } catch (error) {
          return { issues: [{ message: String(error), path: ["inner"] }] };
        }
      },
    },
  };
}

test("an insert wants what has no default and takes what fits", () => {
  const { validate, vendor, version } = insertSchema(users)["~standard"];
  expect([vendor, version]).toEqual(["plinth", 1]);
  expect(validate({ email: "a", age: null })).toEqual({ value: { email: "a", age: null } });
  expect(validate({ email: "a", age: undefined })).toEqual({ value: { email: "a" } });
  expect(validate({})).toEqual({ issues: [{ message: "The value is missing.", path: ["email"] }] });
  expect(validate({ email: null, age: 2 ** 40 })).toMatchObject({
    issues: [{ path: ["email"] }, { path: ["age"] }],
  });
  expect(validate({ email: "a", id: "0190A3C4-5D6E-7F80-9123-456789ABCDEF" })).toEqual({
    value: { id: "0190a3c4-5d6e-7f80-9123-456789abcdef", email: "a" },
  });
});

test.each([[null], [undefined], [1], ["{}"], [[]], [new Map()]])("%o is no row", (value) => {
  expect(insertSchema(users)["~standard"].validate(value)).toHaveProperty("issues.0.message");
});

test("keys that are no columns are refused, or stripped", () => {
  const given = { email: "a", shout: "A", admin: true };
  expect(insertSchema(users)["~standard"].validate(given)).toMatchObject({
    issues: [{ path: ["shout"] }, { path: ["admin"] }],
  });
  const strip = insertSchema(users, { unknownKeys: "strip", omit: ["age"] })["~standard"];
  expect(strip.validate({ ...given, age: 3 })).toEqual({ value: { email: "a" } });
  expect(insertSchema(users, { omit: ["email"] })["~standard"].validate({})).toEqual({ value: {} });
  expect(insertSchema(users, { omit: ["email"] })["~standard"].validate(given)).toMatchObject({
    issues: [{ path: ["email"] }, { path: ["shout"] }, { path: ["admin"] }],
  });
});

test("an update takes any column, a row as it is read has all", () => {
  expect(updateSchema(users)["~standard"].validate({})).toEqual({ value: {} });
  expect(updateSchema(users)["~standard"].validate({ email: null })).toHaveProperty("issues");
  const missing = selectSchema(users)["~standard"].validate({ id: uuidv7(), shout: "A" });
  expect(missing).toHaveProperty("issues.length", 8);
});

test("values of JSON are read where that is asked for, and nowhere else", () => {
  const given = {
    email: "a",
    views: "9007199254740993",
    photo: "AAH/",
    bornAt: "2026-01-31T13:00:00.5+01:00",
  };
  expect(insertSchema(users)["~standard"].validate(given)).toHaveProperty("issues.length", 3);
  expect(insertSchema(users, { coerce: "json" })["~standard"].validate(given)).toEqual({
    value: {
      email: "a",
      views: 9_007_199_254_740_993n,
      photo: Uint8Array.of(0, 1, 255),
      bornAt: new Date("2026-01-31T12:00:00.500Z"),
    },
  });
});

test.each([
  ["views", "1.5"],
  ["views", "0x10"],
  ["views", " 1"],
  ["views", ""],
  ["views", "9223372036854775808"],
  ["views", 1.5],
  ["views", 2 ** 60],
  ["photo", "AAH"],
  ["photo", "AA H"],
  ["photo", "_-=="],
  ["bornAt", "2026-02-30T00:00:00Z"],
  ["bornAt", "2026-01-31"],
  ["bornAt", "2026-01-31T12:00:00"],
  ["bornAt", "2026-01-31T25:00:00Z"],
  ["bornAt", 0],
  ["age", "1"],
])("%s as %o is nothing that JSON has for it", (key, value) => {
  const { validate } = updateSchema(users, { coerce: "json" })["~standard"];
  expect(validate({ [key]: value })).toMatchObject({ issues: [{ path: [key] }] });
});

test("a column's own schema sees the value first, and what it makes is checked", () => {
  const schema = insertSchema(users, {
    columns: {
      email: schemaOf((value) => String(value).trim()),
      settings: schemaOf((value) => {
        if (typeof value !== "object") throw new Error("no object");
        return value as { dark: boolean };
      }),
    },
  });
  const { validate } = schema["~standard"];
  expect(validate({ email: " a " })).toEqual({ value: { email: "a" } });
  expect(validate({ email: "x".repeat(21) })).toMatchObject({ issues: [{ path: ["email"] }] });
  expect(validate({ email: "a", settings: 1 })).toMatchObject({
    issues: [{ path: ["settings", "inner"] }],
  });
  expect(validate({ email: "a", settings: null })).toEqual({
    value: { email: "a", settings: null },
  });
});

test("a column's own schema may take its time", async () => {
  const slow: StandardSchema<unknown, string> = {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: (value) =>
        Promise.resolve(
          value === "b" ? { issues: [{ message: "taken" }] } : { value: `${value as string}!` },
        ),
    },
  };
  const { validate } = insertSchema(users, { columns: { email: slow } })["~standard"];
  await expect(validate({ email: "a" })).resolves.toEqual({ value: { email: "a!" } });
  await expect(validate({ email: "b", age: "x" })).resolves.toMatchObject({
    issues: [{ message: "taken", path: ["email"] }, { path: ["age"] }],
  });
});

test("messages hold no values", () => {
  const result = insertSchema(users)["~standard"].validate({
    email: "secret".repeat(9),
    age: "hush",
  });
  expect(JSON.stringify(result)).not.toMatch(/secret|hush/);
});

test("no key reaches a prototype", () => {
  const given: unknown = JSON.parse('{"__proto__": 1, "constructor": 2}');
  const result = insertSchema(odd)["~standard"].validate(given) as { value: object };
  expect(Object.getPrototypeOf(result.value)).toBe(Object.prototype);
  expect(Object.entries(result.value)).toEqual([
    ["__proto__", 1],
    ["constructor", 2],
  ]);
  expect(insertSchema(odd)["~standard"].validate({})).toMatchObject({
    issues: [{ path: ["__proto__"] }],
  });
  const back = fromJson(odd, given);
  expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
  expect(Object.entries(toJson(back))).toEqual([
    ["__proto__", 1],
    ["constructor", 2],
  ]);
});

test("rows of selections become JSON and come back", () => {
  const selection = { who: { mail: users.email, views: users.views }, at: users.bornAt, user: odd };
  const rows = [
    { who: { mail: "a", views: 2n ** 60n }, at: new Date(0), user: null },
    { who: { mail: "b", views: -1n }, at: null, user: { ["__proto__"]: 1, constructor: null } },
  ];
  const json: unknown = JSON.parse(JSON.stringify(toJson(rows)));
  expect(json).toMatchObject([{ who: { views: "1152921504606846976" } }, {}]);
  expect(fromJson(selection, json as unknown[])).toEqual(rows);
  expect(() => fromJson(selection, { who: {} })).toThrow('has no "mail"');
  expect(() => fromJson(users, "x")).toThrow("no object");
});
