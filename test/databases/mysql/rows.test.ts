// Rows that our own loop reads, beside those that the driver reads of the same answer.
import * as mariadb from "mariadb";
import { describe, expect, test } from "vitest";
import { canReadQuickly, QuickRows } from "../../../src/databases/mysql/connection/quick-rows.ts";
import { ServerInstant } from "../../../src/databases/mysql/instants.ts";
import { createTestDatabase } from "../../servers/databases.ts";
import { mariadbServers } from "./connected.ts";

const TYPES = [
  "a tinyint, b tinyint unsigned, c smallint, d smallint unsigned, e int, f int unsigned",
  "g bigint, h bigint unsigned, i float, j double, k decimal(30, 10), l decimal(20, 0)",
  "m datetime, n datetime(3), o timestamp(6) null, p date, q varchar(400), r longtext, s json",
  "t varbinary(300), u longblob, v enum('x', 'y'), w char(5), x uuid, y inet6",
].join(", ");

const LONG = "é".repeat(70_000);
const ROWS = [
  `-128, 255, -32768, 65535, -2147483648, 4294967295, -9223372036854775808, 18446744073709551615,
    -1.5, 1e308, 12345678901234567890.0123456789, -12345678901234567890,
    '0999-12-31 23:59:59', '2024-02-29 00:00:00.001', '1999-01-01 00:00:00.123456', '0001-01-01',
    'ä€😀', '${LONG}', '[1, 2]', x'00ff', repeat('b', 300), 'y', 'a  ', uuid(), '::1'`,
  `127, 0, 32767, 0, 2147483647, 0, 9223372036854775807, 0, 0, -0.1, 0, 0,
    '2024-01-01', '2024-01-01', '2024-01-01', '9999-12-31',
    '', '', '{}', x'', x'', 'x', '', '00000000-0000-0000-0000-000000000000', '::'`,
  Array.from({ length: 25 }, () => "null").join(", "),
];

/** The texts that the driver makes. */
function textsOf(rows: unknown): unknown {
  return (rows as unknown[][]).map((cells) =>
    cells.map((cell) => (cell instanceof ServerInstant ? String(cell) : cell)),
  );
}

describe.each(mariadbServers)("rows of a prepared statement", (server) => {
  async function bothOf(text: string, create = ""): Promise<[own: unknown, theirs: unknown]> {
    const database = await createTestDatabase(server);
    const { hostname: host, pathname, port, username: user } = new URL(database.url);
    // Its types don't tell of `jsonStrings`.
    const settings = { jsonStrings: true, rowsAsArray: true };
    const client = await mariadb.createConnection({
      ...settings,
      host,
      port: Number(port),
      user,
      database: pathname.slice(1),
      dateStrings: true,
      pipelining: true,
      timezone: "Z",
      multipleStatements: true,
    });
    try {
      // Dates that are none are let in.
      await client.query(`set sql_mode = 'ALLOW_INVALID_DATES'; ${create}`);
      const prepared = await client.prepare(text);
      const theirs: unknown = await prepared.execute();
      const rows = new QuickRows(prepared);
      const own = prepared.execute();
      rows.expect();
      const again = prepared.execute();
      rows.expect();
      expect(await again).toEqual(await own);
      return [await own, theirs];
    } finally {
      await client.end();
      await database.drop();
    }
  }

  test("are the same as the driver's, for every type", async () => {
    expect(canReadQuickly(mariadb.version)).toBe(true);
    const values = ROWS.map((row) => `(${row})`).join(", ");
    const [own, theirs] = await bothOf(
      "select * from t",
      `create table t (${TYPES}) default charset utf8mb4; insert into t values ${values}`,
    );
    expect((own as unknown[][])[0]![12]).toBeInstanceOf(ServerInstant);
    expect(textsOf(own)).toEqual(theirs);
  });

  test("are the same for instants that are none", async () => {
    const [own, theirs] = await bothOf(
      "select * from t",
      "create table t (a datetime, b datetime(6), c date); " +
        "insert into t values ('0000-00-00', '2024-00-10 00:00:01.5', '2024-02-31')",
    );
    expect(textsOf(own)).toEqual(theirs);
  });

  test("are left to the driver where one of the columns comes seldom", async () => {
    const [own, theirs] = await bothOf(
      "select * from t",
      "create table t (a datetime, b bit(9), c year, d mediumint, e set('x', 'y'), f time(3)); " +
        "insert into t values ('2024-01-01', b'101', 2024, -5, 'x,y', '-12:00:01.5')",
    );
    expect(own).toEqual(theirs);
    expect((own as unknown[][])[0]![0]).toBe("2024-01-01 00:00:00");
  });

  test("are more than a packet's worth, and none", async () => {
    const [many, theirs] = await bothOf(
      "select seq, concat('row ', seq), from_unixtime(seq) from seq_1_to_20000",
    );
    expect(textsOf(many)).toEqual(theirs);
    const [none] = await bothOf("select seq from seq_1_to_2 where seq > 5");
    expect(none).toEqual([]);
  });
});

test("another version of the driver reads rows in its own way", () => {
  expect(["3.4.0", "3.5.9", "3.6.0", "4.0.0", undefined].map(canReadQuickly)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});
