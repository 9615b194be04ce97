// What Plinth makes is read back as it was declared, as far as the catalogue tells, and all of it in the server's own words.
import { describe, expect, test } from "vitest";
import { canonicalModel } from "../../src/migrate/diff/canonical.ts";
import { testServers } from "../servers/databases.ts";
import { everything, methods, partly, prefixes } from "./everything.ts";
import {
  createTables,
  declaredModel,
  dialectOf,
  differences,
  mendingBeside,
  onDatabase,
  read,
  script,
} from "./kit.ts";

/** SQL that servers write anew, the settings of other databases, and the types of what a view computes. */
const OVERLOOKED =
  /\/sql\/|\/condition\/|\/where\/|\/storage(?:\/|$)|\/collation\/|^\/views\/.*\/(?:columns|text)/;

/** Where a live database differs from its declaration, because the catalogue doesn't know. */
const untold: Readonly<Record<string, readonly string[]>> = {
  // It has no comments, and no names of enums.
  sqlite: [
    "/enums/players_mood_enum",
    "/enums/players_rank_enum",
    `/enums/mo"od`,
    "/enums/player_rank",
    "/tables/players/columns/mood/type/name",
    "/tables/players/columns/rank/type/name",
    `/tables/we"ird \`name'; --/columns/or"der\` '/comment`,
    `/tables/we"ird \`name'; --/comment`,
    `/views/vi"e\`w' ; --/comment`,
  ],
  // Where a declaration asks for another storage, that is what is read.
  postgres: [
    "/enums/players_mood_enum",
    `/enums/mo"od`,
    "/tables/players/columns/counted_at/type/kind",
    "/tables/players/columns/counted_at/type/mode",
    "/tables/players/columns/counted_at/type/precision",
    "/tables/players/columns/counted_at/default/kind",
    "/tables/players/columns/counted_at/default/text",
    "/tables/players/columns/mood/type/name",
    "/tables/players/columns/token/type/kind",
    "/tables/players/columns/token/default/kind",
    "/tables/players/columns/token/default/text",
  ],
  // Enums and primary keys have no names, arrays are JSON, unique indexes are keys, and `restrict` is `no action`.
  mysql: [
    "/enums/players_mood_enum",
    "/enums/players_rank_enum",
    `/enums/mo"od`,
    "/enums/player_rank",
    "/tables/memberships/primaryKey/name",
    "/tables/players/columns/counted_at/type/kind",
    "/tables/players/columns/counted_at/type/mode",
    "/tables/players/columns/counted_at/type/precision",
    "/tables/players/columns/counted_at/default/kind",
    "/tables/players/columns/counted_at/default/text",
    "/tables/players/columns/mood/type/name",
    "/tables/players/columns/rank/type/name",
    "/tables/players/columns/rights/type/flags",
    "/tables/players/columns/scores/type/kind",
    "/tables/players/columns/scores/type/element",
    "/tables/players/columns/tags/type/kind",
    "/tables/players/columns/tags/type/element",
    "/tables/players/uniques/by_points",
    "/tables/players/indexes/by_points",
    "/tables/players/foreignKeys/players_mentor_id_fkey/onDelete",
    `/views/vi"e\`w' ; --/comment`,
  ],
};

describe.each(testServers())("on $name", (server) => {
  test("what is made of a schema needs no mending", async () => {
    await onDatabase(server, async (db) => {
      await createTables(db, everything);
      const { model, others } = await read(db);

      expect(others).toEqual([]);
      expect(await mendingBeside(server, model, declaredModel(everything, db))).toEqual([]);
    });
  });

  test("nothing but what the catalogue can't know differs from the declaration", async () => {
    await onDatabase(server, async (db) => {
      await createTables(db, everything);
      const { model } = await read(db);
      const declared = canonicalModel(declaredModel(everything, db));
      const places = differences(canonicalModel(model), declared)
        .map(({ path }) => path)
        .filter((path) => !OVERLOOKED.test(path));

      const family = dialectOf(db).migrations.families.at(-1)!;
      expect(places.toSorted()).toEqual(untold[family]!.toSorted());
    });
  });

  test("what somebody added by hand is all that needs mending", async () => {
    await onDatabase(server, async (db) => {
      await createTables(db, everything);
      const declared = declaredModel(everything, db);
      await script(db, "create index by_season on memberships (since_season)");
      const { model } = await read(db);
      const [first, ...others] = await mendingBeside(server, model, declared);

      expect(others).toEqual([]);
      expect(first).toMatch(/drop index ["`]by_season["`]$/);
    });
  });

  test("indexes of expressions and of some of the rows are known", async () => {
    await onDatabase(server, async (db) => {
      const { can } = dialectOf(db);
      if (!can.partialIndexes) {
        await expect(createTables(db, partly)).rejects.toMatchObject({ code: "E_UNSUPPORTED" });
        return;
      }
      await createTables(db, partly);
      const { model, others } = await read(db);

      expect(others).toEqual([]);
      expect(model.tables[0]!.indexes).toHaveLength(3);
      expect(await mendingBeside(server, model, declaredModel(partly, db))).toEqual([]);
    });
  });

  test.each([
    { what: "methods, classes and included columns", schema: methods },
    { what: "beginnings of texts", schema: prefixes },
  ])("indexes by $what are known", async ({ schema }) => {
    await onDatabase(server, async (db) => {
      const made = await createTables(db, schema).catch((error: unknown) => error);
      if (made !== undefined) {
        expect(made).toMatchObject({ code: "E_UNSUPPORTED" });
        return;
      }
      const { model, others } = await read(db);

      expect(others).toEqual([]);
      const declared = canonicalModel(declaredModel(schema, db));
      // Elsewhere an index holds the whole of a text.
      if (schema !== prefixes || dialectOf(db).migrations.families.includes("mysql"))
        expect(canonicalModel(model).tables[0]!.indexes).toEqual(declared.tables[0]!.indexes);
      expect(await mendingBeside(server, model, declared)).toEqual([]);
    });
  });

  test("tables are chosen and left out by their names", async () => {
    await onDatabase(server, async (db) => {
      await createTables(db, everything);
      const namesOf = async (options: object): Promise<string[]> =>
        (await read(db, options)).model.tables.map(({ name }) => name).toSorted();

      expect(await namesOf({ tables: ["team*", "players"] })).toEqual(["players", "teams"]);
      expect(await namesOf({ ignore: ["*s", "vi*"] })).toEqual([`we"ird \`name'; --`]);
    });
  });
});
