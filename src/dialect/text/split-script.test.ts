import { expect, test } from "vitest";
import { splitScript, type Lexis } from "./split-script.ts";

const MYSQL: Lexis = {
  hasBackslashEscapes: true,
  hasHashComments: true,
  hasDollarQuotes: false,
  hasBrackets: false,
  hasNestedComments: false,
  needsSpaceInComments: true,
};
const POSTGRES: Lexis = {
  hasBackslashEscapes: false,
  hasHashComments: false,
  hasDollarQuotes: true,
  hasBrackets: false,
  hasNestedComments: true,
  needsSpaceInComments: false,
};
const SQLITE: Lexis = {
  ...POSTGRES,
  hasDollarQuotes: false,
  hasBrackets: true,
  hasNestedComments: false,
};

const texts = (script: string, lexis: Lexis): string[] =>
  splitScript(script, lexis).map(({ text }) => text);

test("splits at semicolons that end a statement, and at no others", () => {
  const script = String.raw`insert into t values ('a;b', 'it''s; \'; ', "c;""d", "\";"); -- e; f
    # g;
    select ${"`h;``i`"} /* j; */ from t; /*!40101 set x = ';' */; ; select 5--6`;
  expect(texts(script, MYSQL)).toEqual([
    String.raw`insert into t values ('a;b', 'it''s; \'; ', "c;""d", "\";")`,
    "select `h;``i` /* j; */ from t",
    "/*!40101 set x = ';' */",
    "select 5--6",
  ]);
});

test("tells on which line a statement begins", () => {
  const script = "-- one\n\nselect 1;\nselect\n2; /* x\n */ select 3";
  expect(splitScript(script, SQLITE)).toEqual([
    { text: "select 1", line: 3, lead: "-- one\n\n" },
    { text: "select\n2", line: 4, lead: "\n" },
    { text: "select 3", line: 6, lead: " /* x\n */ " },
  ]);
});

test("keeps a text that does not end, for the server to refuse", () => {
  expect(texts("select 'a; b", MYSQL)).toEqual(["select 'a; b"]);
  expect(texts(" ;; -- nothing", MYSQL)).toEqual([]);
});

test("takes dollar quotes, nested comments and escapes of PostgreSQL for what they are", () => {
  const script = String.raw`do $$ begin perform 1; end $$; select $a$;$$;$a$, E'\';', '\';
    /* a /* b; */ c; */ select a$1;`;
  expect(texts(script, POSTGRES)).toEqual([
    "do $$ begin perform 1; end $$",
    String.raw`select $a$;$$;$a$, E'\';', '\'`,
    "select a$1",
  ]);
});

test("takes brackets of SQLite for names", () => {
  expect(texts("select [a;b] from t; select 1", SQLITE)).toEqual([
    "select [a;b] from t",
    "select 1",
  ]);
  expect(texts("select a[1]; select 2", POSTGRES)).toHaveLength(2);
});

test("leaves the bodies of triggers and procedures whole", () => {
  const trigger = `create trigger t after insert on a begin
    update b set n = case when n > 1 then 2 else 3 end; delete from c; end`;
  expect(texts(`${trigger}; select 1`, SQLITE)).toEqual([trigger, "select 1"]);

  const procedure = `create definer = x procedure p() begin
    declare n int; if n > 1 then select 1; end if;
    case n when 1 then select 2; end case;
    while n < 5 do set n = n + 1; end while; begin select 3; end; end`;
  expect(texts(`${procedure}; select 1`, MYSQL)).toEqual([procedure, "select 1"]);
  expect(texts("begin not atomic select 1; select 2; end; select 3", MYSQL)).toHaveLength(2);

  const atomic = "create function f() returns int begin atomic select 1; select 2; end";
  expect(texts(`${atomic}; begin; select 1; end;`, POSTGRES)).toEqual([
    atomic,
    "begin",
    "select 1",
    "end",
  ]);
});

test("understands the delimiter lines of MySQL's client", () => {
  const script =
    "select 1;\ndelimiter //\ncreate procedure p() begin select 1; end//\ndelimiter ;\nselect 2;";
  expect(texts(script, MYSQL)).toEqual([
    "select 1",
    "create procedure p() begin select 1; end",
    "select 2",
  ]);
});

test("splits a long script in time that grows with its length", () => {
  const line = `insert into t values (${"'it''s', ".repeat(100)}1);\n`;
  expect(texts(line.repeat(2_000), MYSQL)).toHaveLength(2_000);
});
