import { describe, expect, test } from "vitest";
import { inspect } from "node:util";
import { endsTransaction, toDbError } from "./errors.ts";
import { mariadb } from "./mariadb.ts";
import { mysql } from "./variant.ts";

function serverError(errno: number, sqlMessage: string): Error {
  return Object.assign(new Error(sqlMessage), { errno, sqlMessage, sql: "insert 'secret-5a1b'" });
}

function told(errno: number, message: string, variant = mariadb): unknown {
  return toDbError(serverError(errno, message), variant);
}

describe("a violation", () => {
  test("tells its key though the value looks like one", () => {
    const message = "Duplicate entry 'x' for key 'fake'' for key 'users.email_key'";

    expect(told(1062, message)).toMatchObject({ constraint: "users.email_key", table: undefined });
    expect(told(1062, message, mysql)).toMatchObject({ constraint: "email_key", table: "users" });
    expect(told(1062, "Duplicate entry '1' for key 'PRIMARY'", mysql)).toMatchObject({
      constraint: "PRIMARY",
    });
  });

  test("of a foreign key tells table, columns and name, however they are quoted", () => {
    const of = (quote: string) =>
      `Cannot add or update a child row: a foreign key constraint fails (${quote}a${quote}.${quote}b${quote}${quote}c${quote}, ` +
      `CONSTRAINT ${quote}fk${quote} FOREIGN KEY (${quote}x${quote}, ${quote}y)${quote}) REFERENCES ${quote}t${quote} (${quote}id${quote}))`;
    for (const quote of ["`", '"']) {
      expect(told(1452, of(quote))).toMatchObject({
        code: "E_FOREIGN_KEY_VIOLATION",
        table: `b${quote}c`,
        columns: ["x", "y)"],
        constraint: "fk",
      });
    }
  });

  test("of a check or a required column tells what the server tells", () => {
    expect(told(4025, "CONSTRAINT `positive` failed for `app`.`sums`")).toMatchObject({
      code: "E_CHECK_VIOLATION",
      constraint: "positive",
      table: "sums",
    });
    expect(told(3819, "Check constraint 'positive' is violated.", mysql)).toMatchObject({
      code: "E_CHECK_VIOLATION",
      constraint: "positive",
    });
    expect(told(1048, "Column 'name' cannot be null")).toMatchObject({ columns: ["name"] });
    expect(told(1364, "Field 'name' doesn't have a default value")).toMatchObject({
      code: "E_NOT_NULL_VIOLATION",
      columns: ["name"],
    });
  });
});

test("each number has its code", () => {
  const codes: [number, string][] = [
    [1213, "E_DEADLOCK"],
    [1020, "E_SERIALIZATION"],
    [1205, "E_TIMEOUT"],
    [3572, "E_TIMEOUT"],
    [1969, "E_TIMEOUT"],
    [3024, "E_TIMEOUT"],
    [1146, "E_MISSING_TABLE"],
    [1054, "E_MISSING_COLUMN"],
    [1064, "E_SYNTAX"],
    [1142, "E_PERMISSION"],
    [1114, "E_DATABASE_FULL"],
    [1021, "E_DATABASE_FULL"],
    [1792, "E_READ_ONLY"],
    [1290, "E_READ_ONLY"],
    [1406, "E_VALUE_TOO_LONG"],
    [1264, "E_OUT_OF_RANGE"],
    [1690, "E_OUT_OF_RANGE"],
    [1366, "E_INVALID_VALUE"],
    [1153, "E_OUT_OF_RANGE"],
    [2006, "E_CONNECTION_LOST"],
    [2013, "E_CONNECTION_LOST"],
    [45009, "E_CONNECTION_LOST"],
    [45013, "E_CONNECTION_LOST"],
    [9999, "E_QUERY"],
  ];
  for (const [errno, code] of codes)
    expect([errno, told(errno, "")]).toMatchObject([errno, { code }]);
});

test("only what leaves a transaction half done ends it", () => {
  expect([1213, 1205, 1020].every((errno) => endsTransaction(serverError(errno, "")))).toBe(true);
  expect(endsTransaction(serverError(1062, ""))).toBe(false);
});

test("no error keeps what the server or the driver quotes", () => {
  for (const errno of [1062, 1064, 1213, 1366, 2013, 9999]) {
    const error = told(errno, "near 'secret-5a1b' for key 'k'");
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain("secret-5a1b");
  }
});

test("what is no error of the driver comes back as it is", () => {
  const error = new Error("mine");

  expect(toDbError(error, mariadb)).toBe(error);
  expect(toDbError("text", mariadb)).toBe("text");
});
