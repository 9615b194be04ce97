// Databases that Plinth didn't make: what is read of them makes tables that are read the same, and nothing is left unsaid.
import { readFileSync } from "node:fs";
import { sql } from "plinth";
import { describe, expect, test } from "vitest";
import { loadChinook } from "../../examples/chinook/load.ts";
import { canonicalModel } from "../../src/migrate/diff/canonical.ts";
import { renderTables } from "../../src/migrate/render-tables.ts";
import type { InspectOptions, Inspection } from "../../src/dialect/server/introspector.ts";
import type { Model } from "../../src/schema/model.ts";
import { testServers, type TestServer } from "../servers/databases.ts";
import { dialectOf, differences, mending, onDatabase, read, script } from "./kit.ts";

const servers = testServers();
const of = (name: string): TestServer[] => servers.filter((server) => server.name.startsWith(name));
const fileOf = (name: string): string =>
  readFileSync(new URL(`legacy.${name}.sql`, import.meta.url), "utf8");

/** What a database that is made of the model is read as. */
async function made(
  server: TestServer,
  model: Model,
  options?: InspectOptions,
): Promise<Inspection> {
  return onDatabase(server, async (db) => {
    for (const text of renderTables(model, dialectOf(db))) await db.execute(sql.raw(text) as never);
    const found = await read(db, options);
    expect(mending(found.model, model, dialectOf(db))).toEqual([]);
    return found;
  });
}

async function expectLaw(
  server: TestServer,
  { model }: Inspection,
  options?: InspectOptions,
): Promise<void> {
  const again = await made(server, model, options);
  const found = differences(canonicalModel(again.model), canonicalModel(model));
  // A view of SQLite has the types as its tables spell them.
  expect(found.filter(({ path }) => !/^\/views\/.*\/type/.test(path))).toEqual([]);
}

describe.each(servers)("Chinook on $name", (server) => {
  test("is read from its makers' script, and made again of what was read", async () => {
    const found = await onDatabase(server, async (db) => {
      await loadChinook(db);
      return read(db);
    });

    expect(found.others).toEqual([]);
    expect(found.model.tables).toHaveLength(11);
    const keys = found.model.tables.flatMap(({ foreignKeys }) => foreignKeys);
    expect(keys).toHaveLength(11);
    await expectLaw(server, found);
  });
});

/** Objects in the order in which they are told, in a line each. */
function linesOf({ others }: Inspection): string[] {
  return others
    .map(({ kind, schema, table, name, detail }) =>
      [`${kind}:`, [schema, table, name].filter((part) => part !== undefined).join("."), detail]
        .filter((part) => part !== undefined)
        .join(" "),
    )
    .toSorted();
}

function typesOf({ model }: Inspection, table: string): Record<string, string> {
  const found = model.tables.find(({ name }) => name === table)!;
  return Object.fromEntries(
    found.columns.map(({ name, type }) => {
      const { kind, ...rest } = type;
      return [name, `${kind} ${JSON.stringify(rest)}`];
    }),
  );
}

describe.each(of("sqlite memory"))("a schema of many years on $name", (server) => {
  test("is read whole, and made again of what was read", async () => {
    const found = await onDatabase(server, async (db) => {
      await script(db, fileOf("sqlite"));
      return read(db);
    });

    expect(linesOf(found)).toMatchInlineSnapshot(`
      [
        "clause: b.deferred foreign key",
        "clause: order.on conflict replace",
        "clause: order.without rowid",
        "table: words virtual table using fts5",
        "trigger: Legacy.touched",
        "view: broken reads what is there no more",
      ]
    `);
    expect(typesOf(found, "Legacy")).toMatchInlineSnapshot(`
      {
        "ID": "bigint {"mode":"number"}",
        "Name": "text {"length":160,"collation":{"sqlite":"NOCASE"}}",
        "back\`tick": "text {}",
        "big": "bigint {"mode":"bigint"}",
        "blobby": "bytes {}",
        "bracket ed": "text {}",
        "clock": "time {"precision":0}",
        "code": "text {"length":10}",
        "created": "timestamp {"mode":"date","precision":3,"storage":{"sqlite":"sql"}}",
        "data": "json {}",
        "day": "date {}",
        "flag": "boolean {}",
        "geo": "custom {"name":"GEOMETRY","databases":{"sqlite":{"type":"any"}}}",
        "guid": "uuid {}",
        "price": "decimal {"precision":10,"scale":2,"storage":{"sqlite":"real"}}",
        "quo"ted": "text {}",
        "ratio": "double {}",
        "small": "bigint {"mode":"number"}",
        "total": "double {}",
        "untyped": "custom {"name":"any","databases":{"sqlite":{"type":"any"}}}",
      }
    `);

    await expectLaw(server, found);
  });
});

const schemas = { schemas: ["public", "Über schema"] };

describe.each(of("postgres"))("a schema of many years on $name", (server) => {
  test("is read whole, and made again of what was read", async () => {
    const found = await onDatabase(server, async (db) => {
      await script(db, fileOf("postgres"));
      return read(db, schemas);
    });

    expect(linesOf(found)).toMatchInlineSnapshot(`
      [
        "clause: a.a_b not valid",
        "clause: fast.unlogged",
        "clause: keys.keys_a include",
        "clause: keys.keys_b nulls not distinct",
        "clause: keys.keys_self match full",
        "clause: keys.keys_self set null",
        "clause: keys.odd no inherit",
        "clause: order.later deferrable initially deferred",
        "composite type: pair",
        "domain: email text",
        "exclusion constraint: b.apart EXCLUDE USING gist (a_id WITH =, during WITH &&)",
        "extension: btree_gist",
        "foreign key: a.a_b to b: the columns are of different types",
        "function: one",
        "function: touch",
        "index: order.by_collation collation",
        "inheritance: child.child parent",
        "partitioning: measures.measures RANGE (at)",
        "partitioning: measures.measures_2026 FOR VALUES FROM ('2026-01-01 00:00:00+00') TO ('2027-01-01 00:00:00+00')",
        "policy: a.mine",
        "procedure: nothing",
        "range type: floats",
        "row security: a.a",
        "rule: b.nothing",
        "sequence: loose",
        "trigger: order.touched",
      ]
    `);
    expect(typesOf(found, "legacy")).toMatchInlineSnapshot(`
      {
        "ar": "array {"element":{"kind":"integer","bits":32}}",
        "ar2": "array {"element":{"kind":"text","length":5,"collation":{"postgres":"default"}}}",
        "b": "boolean {}",
        "big": "bigint {"mode":"bigint"}",
        "bit4": "custom {"name":"bit(4)","databases":{"postgres":{"type":"bit(4)"}}}",
        "by": "bytes {}",
        "c": "custom {"name":"character(3)","databases":{"postgres":{"type":"character(3)"}}}",
        "co": "enum {"name":"colour","schema":"Über schema","values":["red","green"]}",
        "computed": "integer {"bits":32}",
        "d": "double {}",
        "dt": "date {}",
        "em": "custom {"name":"email","databases":{"postgres":{"type":"email"}}}",
        "id": "integer {"bits":32}",
        "ip": "custom {"name":"inet","databases":{"postgres":{"type":"inet"}}}",
        "iv": "custom {"name":"interval","databases":{"postgres":{"type":"interval"}}}",
        "j": "custom {"name":"json","databases":{"postgres":{"type":"json"}}}",
        "jb": "json {}",
        "m": "custom {"name":"money","databases":{"postgres":{"type":"money"}}}",
        "md": "enum {"name":"mood","values":["sad","it's ok","Über \\"happy\\""]}",
        "mds": "array {"element":{"kind":"enum","name":"mood","values":["sad","it's ok","Über \\"happy\\""]}}",
        "n": "custom {"name":"numeric","databases":{"postgres":{"type":"numeric"}}}",
        "n2": "decimal {"precision":10,"scale":2}",
        "n3": "custom {"name":"numeric(3,-2)","databases":{"postgres":{"type":"numeric(3,-2)"}}}",
        "neg": "integer {"bits":32}",
        "oi": "custom {"name":"oid","databases":{"postgres":{"type":"oid"}}}",
        "pr": "custom {"name":"pair","databases":{"postgres":{"type":"pair"}}}",
        "pt": "custom {"name":"point","databases":{"postgres":{"type":"point"}}}",
        "r": "real {}",
        "rg": "custom {"name":"int4range","databases":{"postgres":{"type":"int4range"}}}",
        "sm": "integer {"bits":16}",
        "t": "text {"collation":{"postgres":"POSIX"}}",
        "tc": "text {}",
        "tm": "time {"precision":6}",
        "tmz": "custom {"name":"time with time zone","databases":{"postgres":{"type":"time with time zone"}}}",
        "ts": "timestamp {"mode":"string","precision":6,"storage":{"postgres":"timestamp"}}",
        "tsz": "timestamp {"mode":"string","precision":6}",
        "tsz3": "timestamp {"mode":"date","precision":3}",
        "tv": "custom {"name":"tsvector","databases":{"postgres":{"type":"tsvector"}}}",
        "u": "uuid {}",
        "v": "text {"collation":{"postgres":"default"},"storage":{"postgres":"varchar"}}",
        "v9": "text {"length":9,"collation":{"postgres":"default"}}",
        "x": "custom {"name":"xml","databases":{"postgres":{"type":"xml"}}}",
      }
    `);
  });

  test("is made again of what was read, but for what no declaration can say", async () => {
    const found = await onDatabase(server, async (db) => {
      await script(db, fileOf("postgres"));
      return read(db, { ...schemas, ignore: ["legacy"] });
    });

    await expectLaw(server, found, schemas);
  });
});

describe.each(of("mariadb"))("a schema of many years on $name", (server) => {
  test("is read whole, and made again of what was read", async () => {
    const found = await onDatabase(server, async (db) => {
      await script(db, fileOf("mysql"));
      return read(db);
    });

    expect(linesOf(found)).toMatchInlineSnapshot(`
      [
        "clause: legacy.ts on update current_timestamp()",
        "engine: old_engine.old_engine MyISAM",
        "event: nightly",
        "function: one",
        "index: legacy.words fulltext",
        "partitioning: by_range.by_range range",
        "procedure: nothing",
        "sequence: loose sequence",
        "trigger: a.touched",
      ]
    `);
    expect(typesOf(found, "legacy")).toMatchInlineSnapshot(`
      {
        "b16": "uuid {"storage":{"mysql":"binary"}}",
        "b8": "custom {"name":"binary(8)","databases":{"mysql":{"type":"binary(8)"}}}",
        "big": "bigint {"mode":"bigint","storage":{"mysql":"bigint unsigned"}}",
        "bit1": "custom {"name":"bit(1)","databases":{"mysql":{"type":"bit(1)"}}}",
        "bl": "custom {"name":"blob","databases":{"mysql":{"type":"blob"}}}",
        "c": "custom {"name":"char(10)","databases":{"mysql":{"type":"char(10)"}}}",
        "clock": "time {"precision":0}",
        "computed": "integer {"bits":32}",
        "d": "double {}",
        "day": "date {}",
        "dc": "decimal {"precision":10,"scale":2}",
        "dcu": "custom {"name":"decimal(5,1) unsigned","databases":{"mysql":{"type":"decimal(5,1) unsigned"}}}",
        "dt": "timestamp {"mode":"date","precision":0}",
        "dt6": "timestamp {"mode":"string","precision":6}",
        "e": "enum {"name":"legacy_e_enum","values":["on","it's","a,b","back\\\\slash"]}",
        "f": "real {}",
        "f2": "custom {"name":"float(7,3)","databases":{"mysql":{"type":"float(7,3)"}}}",
        "flag": "boolean {}",
        "g": "custom {"name":"geometry","databases":{"mysql":{"type":"geometry","write":"unhex($value)","read":"hex(cast($value as binary))"}}}",
        "guid": "uuid {"storage":{"mysql":"text"}}",
        "id": "bigint {"mode":"number","storage":{"mysql":"int unsigned"}}",
        "j": "json {}",
        "latin": "text {"length":20,"collation":{"mysql":"latin1_swedish_ci"}}",
        "lb": "bytes {}",
        "lt": "text {"collation":{"mysql":"utf8mb4_bin"}}",
        "medium": "integer {"bits":32,"storage":{"mysql":"mediumint"}}",
        "mt": "text {"storage":{"mysql":"mediumtext"}}",
        "random_id": "uuid {}",
        "s": "custom {"name":"set('a','b')","databases":{"mysql":{"type":"set('a','b')"}}}",
        "small": "integer {"bits":16}",
        "t": "text {"storage":{"mysql":"text"}}",
        "tiny": "integer {"bits":16,"storage":{"mysql":"tinyint"}}",
        "ts": "timestamp {"mode":"date","precision":0,"storage":{"mysql":"timestamp"}}",
        "v": "text {"length":191,"collation":{"mysql":"utf8mb4_unicode_ci"}}",
        "vb": "bytes {"length":20}",
        "y": "custom {"name":"year(4)","databases":{"mysql":{"type":"year(4)"}}}",
      }
    `);
    await expectLaw(server, found);
  });
});
