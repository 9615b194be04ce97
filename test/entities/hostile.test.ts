// No name, comment or value of a database becomes code, whatever is in it.
import {
  check,
  comment,
  createTables,
  defineSchema,
  enumType,
  index,
  integer,
  json,
  sql,
  table,
  text,
  unique,
  varchar,
} from "plinth";
import { afterAll, describe, expect, test } from "vitest";
import { HOSTILE } from "../../src/testing/conformance/hostile.ts";
import { onDatabase, read, script } from "../inspect/kit.ts";
import { testServers } from "../servers/databases.ts";
import {
  changes,
  compileErrors,
  createFolder,
  loadSchema,
  removeFolders,
  writeAll,
  writtenOf,
} from "./kit.ts";

afterAll(removeFolders);

const MORE: readonly string[] = [
  "*/ throw 1 /*",
  "${globalThis.hacked = 1}",
  "`${globalThis.hacked = 1}`",
  '"); globalThis.hacked = 1; ("',
  "__proto__",
  "constructor",
  "default",
  "table",
  "schema",
  "t",
  "// x",
  "a\nglobalThis.hacked = 1",
];

/** Names that every one of the databases takes. */
const NAMES = [...new Set([...HOSTILE, ...MORE])].filter((name) => Buffer.byteLength(name) <= 40);

const hostile = defineSchema(
  Object.fromEntries(
    NAMES.map((name, at) => {
      const kind = enumType(`${name} e${at}`, [name, "plain"]);
      const own = table(
        `${name} ${at}`,
        {
          id: integer().primaryKey(),
          one: varchar(name, { length: 90 }).notNull().default(name).comment(name),
          kind: kind().default(name as never),
          data: json().default({ [name]: [name] }),
          two: text(`${name}2`),
        },
        (t) => [
          comment(name),
          index(`${name}i${at}`).on(t.one),
          unique(`${name}u${at}`).on(t.id, t.one),
          check(
            `${name}c${at}`,
            sql`${t.one} <> ${sql.raw(`'${name.replaceAll("'", "''").replaceAll("\\", "")}'`)}`,
          ),
        ],
      );
      return [`table${at}`, own];
    }),
  ),
);

const ALIKE = `
create table user_roles (a_b integer not null primary key, "aB" integer, "A_B2" integer, "a-b" integer, "a b" integer);
create table "userRoles" (id integer not null primary key, a_b integer references user_roles (a_b));
create table "User-Roles" (id integer not null primary key);
`;

const servers = testServers().filter(
  ({ name }) => name !== "sqlite file" && name !== "postgres 15",
);

describe.each(servers)("on $name", { timeout: 120_000 }, (server) => {
  test("hostile texts come through as what they are", async () => {
    await onDatabase(server, async (db) => {
      await createTables(db, hostile);
      const found = await read(db);
      const { files, whole } = writtenOf(db, found);
      const folder = createFolder();
      writeAll(folder, [{ path: "schema.ts", text: whole }]);
      writeAll(`${folder}/files`, files);

      const schema = await loadSchema(folder, "schema.ts");
      expect(Reflect.get(globalThis, "hacked")).toBeUndefined();
      expect(changes(db, found, schema)).toEqual([]);
      expect(changes(db, found, await loadSchema(folder, "files/index.ts"))).toEqual([]);
      expect(Object.keys(schema.tables)).toHaveLength(NAMES.length);
      expect(new Set(files.map(({ path }) => path.toLowerCase())).size).toBe(files.length);
      for (const { path } of files) expect(path).toMatch(/^[\p{L}\p{N}_$-]+\.ts$/u);
      expect(compileErrors(folder)).toBe("");
    });
  });

  test("names that would be alike in code are told apart", async () => {
    await onDatabase(server, async (db) => {
      await script(db, ALIKE);
      const found = await read(db);
      const { whole } = writtenOf(db, found);
      const folder = createFolder();
      writeAll(folder, [{ path: "schema.ts", text: whole }]);
      const schema = await loadSchema(folder, "schema.ts");
      expect(changes(db, found, schema)).toEqual([]);
      expect(Object.keys(schema.tables)).toHaveLength(3);
      expect(compileErrors(folder)).toBe("");
    });
  });
});
