// What our own loops write and read, beside what the driver writes and reads.
import * as mariadb from "mariadb";
import { describe, expect, test } from "vitest";
import {
  canBeQuick,
  QuickStatement,
} from "../../../src/databases/mysql/connection/quick-statement.ts";
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

/** With the columns, as the driver gives them. */
function execute(statement: QuickStatement, values: readonly unknown[]): Promise<unknown> {
  const withColumns = (answer: unknown, meta: unknown): unknown =>
    Array.isArray(answer) ? Object.assign(answer, { meta }) : answer;
  return statement.execute(values, withColumns, () => {});
}

/** The columns come with the rows, which the driver hides. */
function withoutMeta(rows: unknown): unknown[] {
  return [...(rows as unknown[])];
}

function namesOf(rows: unknown): string[] | undefined {
  const { meta } = rows as { meta?: readonly { name(): string }[] };
  return meta?.map((column) => column.name());
}

/** The texts that the driver makes. */
function textsOf(rows: unknown): unknown {
  return (rows as unknown[][]).map((cells) =>
    cells.map((cell) => (cell instanceof ServerInstant ? String(cell) : cell)),
  );
}

describe.each(mariadbServers)("a prepared statement", (server) => {
  async function bothOf(
    text: string,
    { create = "", values = [] }: { create?: string; values?: readonly unknown[] } = {},
  ): Promise<[own: unknown, theirs: unknown]> {
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
      const statement = new QuickStatement(prepared);
      // The first one is the driver's own, which shows how it makes them.
      const theirs = execute(statement, values);
      const own = execute(statement, values);
      const again = execute(statement, values);
      expect(await again).toEqual(await own);
      expect(namesOf(await own)).toEqual(namesOf(await theirs));
      return [withoutMeta(await own), withoutMeta(await theirs)];
    } finally {
      await client.end();
      await database.drop();
    }
  }

  test("gives the same rows as the driver, for every type", async () => {
    expect(canBeQuick(mariadb.version)).toBe(true);
    const values = ROWS.map((row) => `(${row})`).join(", ");
    const [own, theirs] = await bothOf("select * from t", {
      create: `create table t (${TYPES}) default charset utf8mb4; insert into t values ${values}`,
    });
    expect((own as unknown[][])[0]![12]).toBeInstanceOf(ServerInstant);
    expect(textsOf(own)).toEqual(theirs);
  });

  test("gives the same instants as the driver, where they are none", async () => {
    const [own, theirs] = await bothOf("select * from t", {
      create:
        "create table t (a datetime, b datetime(6), c date); " +
        "insert into t values ('0000-00-00', '2024-00-10 00:00:01.5', '2024-02-31')",
    });
    expect(textsOf(own)).toEqual(theirs);
  });

  test("leaves rows to the driver where one of the columns comes seldom", async () => {
    const [own, theirs] = await bothOf("select * from t", {
      create:
        "create table t (a datetime, b bit(9), c year, d mediumint, e set('x', 'y'), f time(3)); " +
        "insert into t values ('2024-01-01', b'101', 2024, -5, 'x,y', '-12:00:01.5')",
    });
    expect(own).toEqual(theirs);
    expect((own as unknown[][])[0]![0]).toBe("2024-01-01 00:00:00");
  });

  test("gives the same texts as the driver, of short rows and of long ones", async () => {
    const cells = [
      "'a'",
      "''",
      "'longer than twelve'",
      "'ä€😀'",
      "null",
      "-12.50",
      "'\x7f'",
      "'é'",
    ];
    const rows = [0, 1, 900, 980, 1024, 70_000].map(
      (length) => `select ${cells.join(", ")}, repeat('x', ${length}), 1.5, 'end'`,
    );
    const [own, theirs] = await bothOf(rows.join(" union all "));
    expect(own).toEqual(theirs);
  });

  test("gives each result of a procedure, as the driver does", async () => {
    const [own, theirs] = await bothOf("call p(?)", {
      create: "create procedure p(a int) begin select a, 'x'; select a + 1; end",
      values: [1],
    });
    expect(own).toEqual(theirs);
    expect(own).toMatchObject([[[1, "x"]], [[2n]], { affectedRows: 0 }]);
  });

  test("gives more rows than a packet's worth, and none", async () => {
    const [many, theirs] = await bothOf(
      "select seq, concat('row ', seq), from_unixtime(seq) from seq_1_to_20000",
    );
    expect(textsOf(many)).toEqual(theirs);
    const [none] = await bothOf("select seq from seq_1_to_2 where seq > 5");
    expect(none).toEqual([]);
  });

  test("sends the same values as the driver", async () => {
    const lengths = [0, 1, 24, 25, 82, 83, 84, 250, 251, 21_845, 21_846, 65_535, 65_536, 200_000];
    const simple = [null, true, false, 0, -0, 1, -1, 127, 0.1, -1e308, "aé", "\\0\\n'\"\\\\"];
    const whole = [
      2 ** 31 - 2,
      2 ** 31 - 1,
      -(2 ** 31),
      2 ** 31,
      2 ** 53,
      -1n,
      2n ** 63n - 1n,
      -(2n ** 63n),
    ];
    const texts = lengths.flatMap((length) =>
      ["a", "é", "😀"].map((letter) => letter.repeat(length)),
    );
    const bytes = [0, 1, 250, 251, 16_383].map((length) => Buffer.alloc(length, 7));
    const values = [...simple, ...whole, ...bytes, ...texts];
    const text = `select ${values.map(() => "?").join(", ")}`;
    const [own, theirs] = await bothOf(text, { values });
    expect((own as unknown[][])[0]).toEqual((theirs as unknown[][])[0]);
    expect((own as unknown[][])[0]!.at(-1)).toBe(values.at(-1));
  });

  test.each([
    ["instants", new Date("2024-05-06T07:08:09.123Z")],
    ["many bytes", Buffer.alloc(16_384, 7)],
    ["large whole numbers", 2n ** 64n - 1n],
    ["long texts", "a".repeat(2_000_000)],
  ])("leaves %s to the driver", async (_, value) => {
    const [own, theirs] = await bothOf("select ?, ?", { values: [value, 1] });
    expect(textsOf(own)).toEqual(theirs);
  });

  async function withStatement(
    { create = "select 1", text }: { create?: string; text: string },
    work: (statement: QuickStatement, client: mariadb.Connection, url: string) => Promise<void>,
  ): Promise<void> {
    const database = await createTestDatabase(server);
    const client = await mariadb.createConnection(database.url);
    try {
      await client.query(create);
      await work(new QuickStatement(await client.prepare(text)), client, database.url);
    } finally {
      await client.end();
      await database.drop();
    }
  }

  test("is refused with the driver's error where a value is missing, and goes on", () =>
    withStatement({ text: "select ? as a" }, async (statement) => {
      await execute(statement, [1]);
      await expect(execute(statement, [])).rejects.toMatchObject({ code: "ER_MISSING_PARAMETER" });
      expect(withoutMeta(await execute(statement, [2]))).toEqual([[2]]);
    }));

  test("tells what a write did as the driver does, whatever the size of the numbers", () =>
    withStatement(
      {
        create: "create table t (id bigint auto_increment primary key)",
        text: "insert into t select ? + seq from seq_0_to_70000 limit ?",
      },
      async (statement, client) => {
        await execute(statement, [1, 1]);
        const ids = [2, 250, 65_000, 16_777_210, 2 ** 40];
        for (const [index, count] of [0, 1, 251, 70_000, 1].entries()) {
          const values = [ids[index], count];
          await client.query("delete from t");
          const own = await execute(statement, values);
          await client.query("delete from t");
          const theirs = await client.execute(statement.prepared.query, values);
          expect(own).toEqual({ affectedRows: count, insertId: theirs.insertId });
        }
      },
    ));

  test("throws the driver's error, before rows and among them, and goes on", () =>
    withStatement(
      {
        create: "create table t (a int primary key)",
        text: "select 9223372036854774000 + cast(seq as signed) * ? from seq_1_to_5000",
      },
      async (statement, client) => {
        await execute(statement, [0]);
        const ended: unknown[] = [];
        const failed = statement.execute(
          [1],
          (answer) => answer,
          (error) => ended.push(error),
        );
        const behind = execute(statement, [0]);
        const error = await failed.catch((caught: unknown) => caught);
        expect(error).toMatchObject({ errno: 1690, sqlState: "22003" });
        expect(ended).toEqual([error]);
        expect(withoutMeta(await behind)).toHaveLength(5_000);
        const insert = new QuickStatement(await client.prepare("insert into t values (?)"));
        await execute(insert, [1]);
        await expect(execute(insert, [1])).rejects.toMatchObject({ code: "ER_DUP_ENTRY" });
        expect(await execute(insert, [2])).toMatchObject({ affectedRows: 1 });
      },
    ));

  test("reads other columns where the table has changed", () =>
    withStatement(
      { create: "create table t (a int default 1, b text default 'x')", text: "select * from t" },
      async (statement, client) => {
        await client.query("insert into t () values ()");
        expect(withoutMeta(await execute(statement, []))).toEqual([{ a: 1, b: "x" }]);
        await execute(statement, []);
        expect(withoutMeta(await execute(statement, []))).toEqual([[1, "x"]]);
        await client.query("alter table t add c datetime default '2024-01-01', modify a text");
        for (const _ of [1, 2]) {
          const rows = await execute(statement, []);
          expect(namesOf(rows)).toEqual(["a", "b", "c"]);
          expect(textsOf(rows)).toEqual([["1", "x", "2024-01-01 00:00:00"]]);
        }
      },
    ));

  test("fails with the connection, and when it is closed", () =>
    withStatement({ text: "select sleep(?)" }, async (statement, client, url) => {
      await execute(statement, [0]);
      const [{ id }] = await client.query("select connection_id() as id");
      client.on("error", () => {});
      const cut = execute(statement, [5]).catch((caught: unknown) => caught);
      const behind = execute(statement, [0]).catch((caught: unknown) => caught);
      const other = await mariadb.createConnection(url);
      await other.query(`kill ${Number(id)}`);
      await other.end();
      for (const failed of [cut, behind])
        expect(await failed).toMatchObject({ fatal: true, sqlState: "08S01" });
      await expect(execute(statement, [0])).rejects.toMatchObject({ fatal: true });
    }));
});

test("another version of the driver does all of it", () => {
  expect(["3.4.0", "3.5.9", "3.6.0", "4.0.0", undefined].map(canBeQuick)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});
