import { expect, test } from "vitest";
import { MYSQL_LEXIS } from "../../databases/mysql/lexis.ts";
import { POSTGRES_LEXIS } from "../../databases/postgres/lexis.ts";
import { kindOf } from "./kind.ts";

const kinds = {
  read: [
    "select 1",
    "  -- why\n select a from b",
    "(select 1) union select 2",
    "with a as (select 1) select * from a",
    "values (1), (2)",
    "select replace(a, 'insert', 'update') from b",
    'select "update", a from "insert"',
    "select substring(a from 1 for 2) from b",
    "select lower('nextval')",
  ],
  write: [
    "insert into a values (1)",
    "update a set b = 1",
    "delete from a",
    "replace into a values (1)",
    "merge into a using b on true when matched then delete",
    "with a as (insert into b values (1) returning *) select * from a",
    "with a as (select 1) delete from b",
    "select a from b for update",
    "select a from b for no key update",
    "select a from b for share skip locked",
    "select a from b lock in share mode",
    "select a into b from c",
    "select nextval('a')",
    "select pg_advisory_xact_lock(1)",
    "select get_lock('a', 1)",
  ],
  other: ["call a()", "set search_path = a", "explain select 1", ""],
} as const;

for (const [kind, texts] of Object.entries(kinds)) {
  test(`what is a ${kind}`, () => {
    for (const text of texts) {
      expect([text, kindOf(text, POSTGRES_LEXIS)]).toEqual([text, kind]);
      expect([text, kindOf(text, { ...MYSQL_LEXIS, hasBackslashEscapes: false })]).toEqual([
        text,
        kind,
      ]);
    }
  });
}
