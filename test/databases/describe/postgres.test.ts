import { afterAll, beforeAll, expect, test } from "vitest";
import { TOTAL_FUNCTIONS } from "../../../src/databases/postgres/describe/total-functions.ts";
import { CASES } from "./postgres-cases.ts";
import { combinations, SAMPLES } from "./postgres-samples.ts";
import { rowsOf, TABLES } from "./postgres-tables.ts";
import { Queries } from "./queries.ts";
import { claimOf, Described } from "./soundness.ts";

let described: Described;

beforeAll(async () => {
  described = await Described.open("pglite:", TABLES);
});
afterAll(() => described.close());

test("tells of each column whether it can be NULL", () => described.expectCases(CASES, 0.95));

test("never says so of a column that has NULL, whatever the rows", { timeout: 900_000 }, () =>
  described.expectSoundOnRows(() => CASES.map(([text]) => text), rowsOf, 2),
);

test("never says so of queries made at random", { timeout: 900_000 }, () =>
  described.expectSoundOnRows((random) => new Queries(random, "postgres").some(30), rowsOf, 4),
);

test("tells types, parameters and the columns that are meant", async () => {
  const { columns, parameters } = await described.describe(
    `select u.id, u.role, u.balance, u.tags, u.created, count(*) as n, v.title, u.meta -> 'a' as a
    from users u left join vv v on v.id = u.id where u.role = :role and u.id in (:id, 7) and u.nick = :nick
    group by u.id, v.title`,
  );
  expect(parameters).toEqual([
    { name: "role", type: { kind: "enum", name: "user_role", values: ["user", "admin"] } },
    { name: "id", type: { kind: "integer", bits: 32 } },
    { name: "nick", type: { kind: "text", length: undefined } },
  ]);
  expect(
    columns.map(({ name, type, origin }) => [name, type?.kind, origin?.table, origin?.column]),
  ).toEqual([
    ["id", "integer", "users", "id"],
    ["role", "enum", "users", "role"],
    ["balance", "decimal", "users", "balance"],
    ["tags", "array", "users", "tags"],
    ["created", "timestamp", "users", "created"],
    ["n", "bigint", undefined, undefined],
    ["title", "text", "vv", "title"],
    ["a", "json", undefined, undefined],
  ]);
  expect(columns[2]?.type).toEqual({ kind: "decimal", precision: 10, scale: 2 });
});

test("refuses what the server refuses, and what nobody can run", async () => {
  const codeOf = (text: string): Promise<unknown> =>
    described.describe(text).then(
      () => "described",
      (error: unknown) => Reflect.get(Object(error), "code") as unknown,
    );
  expect(await codeOf("select * from userz")).toBe("E_MISSING_TABLE");
  expect(await codeOf("select agee from users")).toBe("E_MISSING_COLUMN");
  expect(await codeOf("selec 1")).toBe("E_SYNTAX");
  expect(await codeOf("select 1; drop table users")).toBe("E_SYNTAX");
  expect(await codeOf("select :a, $1")).toBe("E_SYNTAX");
  expect(await codeOf("drop table users")).toBe("described");
  expect(await codeOf("select 1 from users -- comment")).toBe("described");
  expect(await codeOf("select 1 from users;")).toBe("described");
  expect(claimOf(await described.describe('select id as ":odd", 1 as "{ (\\ }" from users'))).toBe(
    "!!",
  );
});

const STAND_INS: Readonly<Record<string, string>> = {
  anyarray: "integer[]",
  anycompatible: "integer",
  anycompatiblearray: "integer[]",
  anyelement: "integer",
  anymultirange: "int4multirange",
  anynonarray: "integer",
  anyrange: "int4range",
  regconfig: "text",
};

test("of functions that are said to be total none gives NULL for what isn't", async () => {
  const rows = await described.session.askRaw(`
    select oid::regproc::text as name, oid::regprocedure::text as whole,
      array_to_json(array(select format_type(type, null) from unnest(proargtypes) with ordinality as t(type, place) order by place))::text as args
    from pg_proc where oid in (${TOTAL_FUNCTIONS}) and provariadic = 0 and proname not in ('setval', 'nextval')`);
  await described.session.script(`
    create function pg_temp.gives_null(call text) returns boolean language plpgsql as $$
    declare result boolean;
    begin
      execute 'select ' || call || ' is null' into result;
      return result;
    exception when others then return false;
    end $$`);
  let calls = 0;
  const nulls: string[] = [];
  const untried: string[] = [];
  for (const { name, args, whole } of rows) {
    const types = (JSON.parse(String(args)) as string[]).map((type) => STAND_INS[type] ?? type);
    const samples = types.map((type) => SAMPLES[type] ?? []);
    if (samples.some((values) => values.length === 0)) {
      untried.push(String(whole));
      continue;
    }
    const expressions = combinations(samples).map((values) => {
      const list = values.map((value, at) => `'${value}'::${types[at]}`);
      return `${String(name)}(${list.join(", ")})`;
    });
    calls += expressions.length;
    const array = expressions.map((one) => `'${one.replaceAll("'", "''")}'`).join(", ");
    const found = await described.session.askRaw(
      `select call from unnest(array[${array}]::text[]) as call where pg_temp.gives_null(call)`,
    );
    for (const { call } of found) nulls.push(String(call));
  }
  expect(nulls).toEqual([]);
  console.log(
    `${rows.length - untried.length} functions in ${calls} calls; ${untried.length} not tried`,
  );
});
