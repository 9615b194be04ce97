import {
  eq,
  inArray,
  integer,
  json,
  jsonBoolean,
  jsonExists,
  jsonLength,
  jsonNumber,
  jsonPath,
  jsonRemove,
  jsonSet,
  jsonText,
  sql,
  table,
  text,
  type Database,
} from "plinth";
import { expectType, type Equal } from "./equal.ts";

declare const db: Database;

interface Tree {
  name: string;
  children: Tree[];
}

interface Profile {
  theme: "dark" | "light";
  size?: number;
  open: boolean | null;
  tags: readonly string[];
  pair: [number, string];
  homes?: { city: string; at: { lat: number } }[];
  scores: Record<string, number>;
  byNumber: { 1: "one" };
  either: { kind: "a"; a: string } | { kind: "b"; b: number };
  tree: Tree;
}

const people = table("people", {
  id: integer().primaryKey(),
  name: text().notNull(),
  profile: json<Profile>(),
  settings: json<Profile>().notNull(),
  any: json(),
});
const { any, profile, settings } = people;

// Each reading gives what may stand there, or NULL.
const rows = await db
  .select({
    theme: jsonText(profile, ["theme"]),
    size: jsonNumber(settings, ["size"]),
    open: jsonBoolean(profile, ["open"]),
    tag: jsonText(profile, ["tags", 3]),
    first: jsonNumber(profile, ["pair", 0]),
    city: jsonText(profile, ["homes", 0, "city"]),
    lat: jsonNumber(profile, ["homes", 0, "at", "lat"]),
    score: jsonNumber(profile, ["scores", "anything"]),
    numbered: jsonText(profile, ["byNumber", "1"]),
    kind: jsonText(profile, ["either", "kind"]),
    a: jsonText(profile, ["either", "a"]),
    deep: jsonText(profile, ["tree", "children", 0, "children", 1]),
    deeper: jsonText(jsonPath(profile, ["tree", "children", 0, "children", 1]), ["name"]),
    home: jsonPath(profile, ["homes", 0]),
    whole: jsonPath(profile, []),
    count: jsonLength(profile, ["homes"]),
    has: jsonExists(profile, ["size"]),
    unknownText: jsonText(any, ["x", 0, "y"]),
    unknownPart: jsonPath(any, ["x"]),
  })
  .from(people);
expectType<
  Equal<
    (typeof rows)[number],
    {
      theme: "dark" | "light" | null;
      size: number | null;
      open: boolean | null;
      tag: string | null;
      first: number | null;
      city: string | null;
      lat: number | null;
      score: number | null;
      numbered: "one" | null;
      kind: "a" | "b" | null;
      a: string | null;
      deep: null;
      deeper: string | null;
      home: { city: string; at: { lat: number } } | null;
      whole: Profile | null;
      count: number | null;
      has: boolean;
      unknownText: string | null;
      unknownPart: unknown;
    }
  >
>();

// A path of an unknown document may be any list.
declare const path: string[];
jsonText(any, path);
jsonText(sql`x`.as(json<{ a: string }>()), ["a"]);

// Keys are checked at every depth.
// @ts-expect-error -- no such key
jsonText(profile, ["thme"]);
// @ts-expect-error -- no such key below
jsonText(profile, ["homes", 0, "town"]);
// @ts-expect-error -- no such key further below
jsonNumber(profile, ["homes", 0, "at", "lon"]);
// @ts-expect-error -- an array's items have numbers
jsonText(profile, ["tags", "0"]);
// @ts-expect-error -- an object's members have names
jsonText(profile, [0]);
// @ts-expect-error -- a text has no members
jsonText(profile, ["theme", "x"]);
// @ts-expect-error -- a known document takes no list that may be anything
jsonText(profile, path);
// @ts-expect-error -- a column of text is no JSON path's beginning
jsonSet(people.name, ["a"], 1);

// Comparisons take what may stand there.
void db.from(people).where(eq(jsonText(profile, ["theme"]), "dark"));
void db.from(people).where(inArray(jsonText(profile, ["theme"]), ["dark", "light"]));
// @ts-expect-error -- no such theme
void db.from(people).where(eq(jsonText(profile, ["theme"]), "drak"));
// @ts-expect-error -- a number
void db.from(people).where(eq(jsonNumber(profile, ["size"]), "1"));
// @ts-expect-error -- what is no number is never compared as one
void db.from(people).where(eq(jsonNumber(profile, ["theme"]), 1));

// Setting takes what may stand there, and gives the document.
db.update(people).set({ profile: jsonSet(profile, ["theme"], "dark") });
db.update(people).set({ settings: jsonSet(settings, ["homes", 0, "at"], { lat: 1 }) });
db.update(people).set({ settings: jsonRemove(settings, ["size"]) });
db.update(people).set({ profile: jsonSet(profile, ["open"], null) });
db.update(people).set({ profile: jsonSet(profile, ["tree", "name"], people.name) });
db.update(people).set({ any: jsonSet(any, ["x", 0], { y: [1] }) });
// @ts-expect-error -- no such theme
jsonSet(profile, ["theme"], "drak");
// @ts-expect-error -- an incomplete object
jsonSet(profile, ["homes", 0], { city: "Rome" });
// @ts-expect-error -- a required member is not null
jsonSet(profile, ["theme"], null);
// @ts-expect-error -- no such key
jsonRemove(profile, ["sise"]);
// @ts-expect-error -- another column's type
db.update(people).set({ name: jsonSet(profile, ["theme"], "dark") });
