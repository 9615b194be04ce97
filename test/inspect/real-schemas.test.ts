// Databases as years leave them: what is read of them says all that is there, and what no declaration can say is named and stays.
import { readdirSync, readFileSync } from "node:fs";
import { sql, type Database } from "plinth";
import { describe, expect, test } from "vitest";
import type { ForeignObject, Inspection } from "../../src/dialect/server/introspector.ts";
import { canonicalModel } from "../../src/migrate/diff/canonical.ts";
import { compareDatabase } from "../../src/migrate/drift/find-drift.ts";
import type { ColumnModel, Model } from "../../src/schema/model.ts";
import { testServers, type TestServer } from "../servers/databases.ts";
import { dialectOf, differences, mending, onDatabase, read, script } from "./kit.ts";

const FAMILIES = { sqlite: "sqlite memory", postgres: "postgres", mysql: "mariadb" } as const;

interface Real {
  readonly name: string;
  readonly family: keyof typeof FAMILIES;
  readonly text: string;
  /** With the connection's own, which is `""`. */
  readonly schemas: readonly string[];
  readonly server: TestServer;
}

function realsOf(family: keyof typeof FAMILIES): Real[] {
  const folder = new URL(`../entities/schemas/${family}/`, import.meta.url);
  const servers = testServers().filter(({ name }) => name.startsWith(FAMILIES[family]));
  return readdirSync(folder)
    .filter((file) => file.endsWith(".sql"))
    .flatMap((file) => {
      const text = readFileSync(new URL(file, folder), "utf8");
      const schemas = [...text.matchAll(/^create schema "?(.*?)"?;$/gm)].map(([, name]) => name!);
      const given = { name: file.replace(".sql", ""), family, text, schemas: ["", ...schemas] };
      return servers.map((server) => ({ ...given, server }));
    });
}

function inspectAll(db: Database, { family, schemas }: Real): Promise<Inspection> {
  return read(db, family === "postgres" ? { schemas } : {});
}

function lineOf({ kind, schema, table, name, detail }: ForeignObject): string {
  const place = [schema, table, name].filter((part) => part !== undefined).join(".");
  return detail === undefined ? `${kind}: ${place}` : `${kind}: ${place} (${detail})`;
}

const linesOf = ({ others }: Inspection): string[] => others.map(lineOf).toSorted();

const NEW: ColumnModel = {
  name: "plinth_new",
  type: { kind: "integer", bits: 32 },
  nullable: true,
  isAutoIncrement: false,
  default: undefined,
  generated: undefined,
};

/** With one column more in each table that has what no declaration can say, and takes a column by itself. */
function grown({ model, others }: Inspection): Model {
  const bound = new Set(
    others.flatMap(({ kind, name, table = "", detail = "" }) => {
      if (kind === "inheritance") return [table, ...detail.split(", ")];
      return name === "system versioning" ? [table] : [];
    }),
  );
  const told = new Set(others.map(({ table }) => table));
  const tables = model.tables.map((table) =>
    bound.has(table.name) || !told.has(table.name)
      ? table
      : { ...table, columns: [...table.columns, NEW] },
  );
  return { ...model, tables };
}

async function run(db: Database, texts: readonly string[]): Promise<string[]> {
  const refused: string[] = [];
  for (const text of texts) {
    try {
      await db.execute(sql.raw(text) as never);
    } catch {
      refused.push(text.split(" (")[0]!);
    }
  }
  return refused;
}

/** A drift beside the database's own model tells nothing, and what it made of the model elsewhere is read as the same. */
async function expectMadeAgain(real: Real, db: Database, model: Model): Promise<void> {
  await onDatabase(real.server, async (scratch) => {
    const drift = await compareDatabase(db, scratch, model);
    expect(drift.differences.map(({ text }) => text)).toEqual([]);
    const again = await inspectAll(scratch, real);
    const found = differences(canonicalModel(again.model), canonicalModel(model));
    // A view of SQLite has the types as its tables spell them.
    const told = found.filter(({ path }) => !/^\/views\/.*\/type/.test(path));
    expect([drift.unmade, told.map(({ path }) => path)]).toEqual([[], []]);
  });
}

const reals = (Object.keys(FAMILIES) as (keyof typeof FAMILIES)[]).flatMap(realsOf);

test("there are three at the least for each family of databases, of sixty tables and more", () => {
  for (const family of Object.keys(FAMILIES))
    expect(
      new Set(reals.filter((real) => real.family === family).map(({ name }) => name)).size,
    ).toBeGreaterThanOrEqual(3);
});

describe.each(reals)("the $name of $family on $server.name", (real) => {
  test(
    "is read whole, keeps what no declaration can say, and is made again of what was read",
    { timeout: 120_000 },
    async () => {
      await onDatabase(real.server, async (db) => {
        await script(db, real.text);
        const first = await inspectAll(db, real);
        const dialect = dialectOf(db);
        expect(mending(first.model, first.model, dialect)).toEqual([]);

        const said = [
          `tables: ${first.model.tables.length}, views: ${first.model.views?.length ?? 0}`,
          ...linesOf(first),
        ];
        await expect(`${said.join("\n")}\n`).toMatchFileSnapshot(
          `./real-schemas/${real.family}/${real.name}.txt`,
        );

        await expectMadeAgain(real, db, first.model);

        const more = grown(first);
        const statements = mending(first.model, more, dialect);
        expect(statements.filter((text) => !/^alter table .* add (?:column )?/.test(text))).toEqual(
          [],
        );
        expect(await run(db, statements)).toEqual([]);
        const second = await inspectAll(db, real);
        expect(linesOf(second)).toEqual(linesOf(first));
        // A view of SQLite that asks for all columns has the new ones as well; with those that are declared it still works.
        const mended = mending(second.model, more, dialect);
        const isView = (text: string): boolean =>
          real.family === "sqlite" && /^(?:create|drop) view /.test(text);
        expect(mended.filter((text) => !isView(text))).toEqual([]);
        expect(await run(db, mended)).toEqual([]);
        expect(mending((await inspectAll(db, real)).model, more, dialect)).toEqual([]);
      });
    },
  );
});
