// Columns of types that only a database knows are read and written by the schema that is written of them, value for value.
import { eq, sql, type AnyTable, type Database } from "plinth";
import { afterAll, describe, expect, test } from "vitest";
import { infoOf } from "../../src/schema/table.ts";
import { onDatabase, read, script } from "../inspect/kit.ts";
import { testServers, type TestServer } from "../servers/databases.ts";
import { createFolder, loadSchema, removeFolders, writeAll, writtenOf } from "./kit.ts";

afterAll(removeFolders);

const servers = testServers();
const of = (name: string): TestServer[] => servers.filter((server) => server.name.startsWith(name));

/** Types, and a literal of each. */
const COLUMNS: Readonly<Record<string, readonly (readonly [type: string, literal: string])[]>> = {
  postgres: [
    ["timestamp", "'2024-02-29 12:34:56.789012'"],
    ["timestamp(3)", "'2024-02-29 12:34:56.789'"],
    ["timestamp(0)", "'1999-12-31 23:59:59'"],
    ["char(5)", "'ab   '"],
    ["money", "'12.50'"],
    ["inet", "'192.168.0.1/24'"],
    ["cidr", "'10.0.0.0/8'"],
    ["macaddr", "'08:00:2b:01:02:03'"],
    ["interval", "'1 mon 2 days 03:04:05.678'"],
    ["json", `'{"b":1,"a":[2]}'`],
    ["xml", "'<a>b</a>'"],
    ["bit(4)", "B'1010'"],
    ["varbit", "B'10'"],
    ["tsvector", "'a:1 b:2'"],
    ["point", "'(1,2)'"],
    ["int4range", "'[1,5)'"],
    ["numeric", "123456789012345678901234567890.123456789"],
    ["numeric(3,-2)", "12300"],
    ["numeric(80,40)", "1.0000000000000000000000000000000000000001"],
    ["varchar(20000)", "'long'"],
    ["oid", "4294967295"],
    ["timetz", "'12:34:56+02'"],
    ["int[][]", "'{{1,2},{3,4}}'"],
    ["inet[]", "'{10.0.0.1,10.0.0.2}'"],
    ["text[]", `'{a,"b c"}'`],
    ["name", "'x'"],
    ['"char"', "'y'"],
  ],
  mariadb: [
    ["tinyint", "-128"],
    ["tinyint unsigned", "255"],
    ["smallint unsigned", "65535"],
    ["mediumint", "-8388608"],
    ["mediumint unsigned", "16777215"],
    ["int unsigned", "4294967295"],
    ["int(5) unsigned zerofill", "42"],
    ["bigint unsigned", "9223372036854775807"],
    ["timestamp null", "'2024-02-29 12:34:56'"],
    ["timestamp(6) null", "'2024-02-29 12:34:56.123456'"],
    ["year", "2024"],
    ["char(5)", "'ab'"],
    ["char(3) character set latin1", "'äöü'"],
    ["varchar(9) character set utf8mb3 collate utf8mb3_general_ci", "'grüße'"],
    ["set('a','b','c')", "'a,c'"],
    ["float(7,3)", "1.5"],
    ["double(9,2)", "1.25"],
    ["decimal(5,1) unsigned", "1.5"],
    ["bit(1)", "b'1'"],
    ["bit(12)", "b'101010101010'"],
    ["binary(4)", "x'00ff0102'"],
    ["tinyblob", "x'00ff'"],
    ["blob", "x'00ff'"],
    ["geometry", "st_geomfromtext('POINT(1.5 2)', 4326)"],
    ["point", "st_geomfromtext('POINT(1 2)')"],
    ["polygon", "st_geomfromtext('POLYGON((0 0,1 0,1 1,0 0))')"],
    ["inet6", "'2001:db8::1'"],
    ["enum('','a ','b')", "'b'"],
    ["tinytext", "'t'"],
  ],
  sqlite: [
    ["geometry", "x'00ff'"],
    ["", "'text'"],
    ["whatever", "12.5"],
    ["unsigned big int", "9007199254740993"],
    ["datetime", "'2024-02-29 12:34:56'"],
    ["nvarchar(10)", "'ab'"],
    ["money", "12.5"],
  ],
};

async function textOf(db: Database, table: string, column: string, id: number): Promise<unknown> {
  const quoted = sql.raw(`"${column}"`);
  const values = {
    sqlite: sql`quote(${quoted})`,
    postgres: sql`${quoted}::text`,
    mariadb: sql`hex(cast(${quoted} as binary))`,
  };
  const value = values[db.server.product as keyof typeof values];
  const { rows } = await db.execute<{ found: unknown }>(
    sql`select ${value} as found from ${sql.raw(table)} where id = ${id}`,
  );
  return rows[0]?.found;
}

describe.each([...of("postgres"), ...of("mariadb"), ...of("sqlite memory")])(
  "on $name",
  { timeout: 60_000 },
  (server) => {
    const product = server.name.split(" ")[0]!;
    const columns = COLUMNS[product]!;

    test.each(columns)("%s holds the same after it was read and written", async (type, literal) => {
      await onDatabase(server, async (db) => {
        await script(db, `create table t (id integer not null primary key, "held" ${type})`);
        await db.execute(sql.raw(`insert into t (id, held) values (1, ${literal})`) as never);
        const { files, whole } = writtenOf(db, await read(db));
        expect(files.length).toBeGreaterThan(1);
        const folder = createFolder();
        writeAll(folder, [{ path: "schema.ts", text: whole }]);
        const schema = await loadSchema(folder, "schema.ts");
        const [t] = Object.values(schema.tables) as [AnyTable];
        expect(infoOf(t).columns).toHaveLength(2);

        const [row] = (await db.from(t)) as [{ held: never }];
        expect(row.held).not.toBeNull();
        await db.insert(t).values({ id: 2, held: row.held } as never);
        await db.insert(t).values({ id: 3 } as never);
        await db
          .update(t)
          .set({ held: row.held } as never)
          .where(eq(Reflect.get(t, "id") as never, 3 as never));
        const before = await textOf(db, "t", "held", 1);
        expect(before).not.toBeUndefined();
        expect(await textOf(db, "t", "held", 2)).toEqual(before);
        expect(await textOf(db, "t", "held", 3)).toEqual(before);
        const again = (await db.from(t)) as { held: unknown }[];
        expect(again.map(({ held }) => held)).toEqual([row.held, row.held, row.held]);
      });
    });
  },
);
