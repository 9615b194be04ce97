import { expect, test } from "vitest";
import { tokensOf } from "../../../dialect/text/sql-tokens.ts";
import { parseCheckedText } from "../../../query/checked/text.ts";
import type { Model, TableModel } from "../../../schema/model.ts";
import { parameterMeanings } from "./parameter-columns.ts";

const LEXIS = {
  hasBackslashEscapes: false,
  hasHashComments: false,
  hasDollarQuotes: false,
  hasBrackets: false,
  hasNestedComments: false,
  needsSpaceInComments: false,
};

const table = (name: string, columns: readonly string[]): TableModel => ({
  name,
  columns: columns.map((own) => ({
    name: own.replace("?", ""),
    type: { kind: "text", length: undefined },
    nullable: own.endsWith("?"),
    isAutoIncrement: false,
    default: undefined,
    generated: undefined,
  })),
  primaryKey: undefined,
  uniques: [],
  indexes: [],
  checks: [],
  foreignKeys: [],
});

const model: Model = {
  enums: [],
  tables: [table("users", ["id", "name", "age?"]), table("posts", ["id", "user_id", "title?"])],
};

/** Each parameter with its column; `?` behind one that takes NULL. */
function meaningsOf(text: string): string {
  const meanings = parameterMeanings(parseCheckedText(text, LEXIS), tokensOf(text, LEXIS), model);
  return [...meanings]
    .map(([name, { column, isNullable }]) => {
      const place = column === undefined ? "" : `=${column.table}.${column.column}`;
      return `${name}${place}${isNullable ? "?" : ""}`;
    })
    .join(" ");
}

test("what is compared isn't NULL", () => {
  expect(meaningsOf("select 1 from users where name = :n and :a < age")).toBe(
    "n=users.name a=users.age",
  );
  expect(meaningsOf('select 1 from users u join posts as p on p.id = :p and u."id" <> :u')).toBe(
    "p=posts.id u=users.id",
  );
  expect(meaningsOf("select 1 from users, posts where id = :either and title like :t")).toBe(
    "either t=posts.title",
  );
  expect(meaningsOf("select 1 from users where id in (:ids) and name not in (:names)")).toBe(
    "ids=users.id names=users.name",
  );
  expect(meaningsOf("select 1 from users where age between :a and :b limit :l offset :o")).toBe(
    "a=users.age b=users.age l o",
  );
  expect(meaningsOf("select 1 from users where age not between $1 and $2 and id >= $3")).toBe(
    "1=users.age 2=users.age 3=users.id",
  );
  expect(meaningsOf("select 1 from users where :n::text = name or :i = users.id")).toBe(
    "n=users.name i=users.id",
  );
});

test("what is stored is NULL where its column may be", () => {
  expect(meaningsOf("insert into users (id, name, age) values (:id, :name, :age)")).toBe(
    "id=users.id name=users.name age=users.age?",
  );
  expect(
    meaningsOf("insert into users (id, name) values (1, lower(:x)), (:id, coalesce(:y, 'a'))"),
  ).toBe("x? id=users.id y?");
  expect(meaningsOf("update users set name = :n, age = :a where id = :id")).toBe(
    "n=users.name a=users.age? id=users.id",
  );
  expect(
    meaningsOf(
      "insert into users (id) values (?) on conflict (id) do update set name = ?, age = (select ?)",
    ),
  ).toBe("1=users.id 2=users.name 3?");
});

test("elsewhere NULL is taken", () => {
  expect(meaningsOf("select :a, lower(:b) from users where :c is null or name = :c")).toBe(
    "a? b? c=users.name?",
  );
  expect(meaningsOf("select meta -> :key, meta @> :part from users")).toBe("key? part?");
  expect(meaningsOf("select 1 from users where name is not distinct from :n")).toBe("n?");
  expect(meaningsOf("with t as (select 1 as z) select 1 from t where t.z = :z")).toBe("z");
});
