import { inspect } from "node:util";
import { expect, test } from "vitest";
import { DbError } from "../../core/error.ts";
import { toConnectError } from "./connection/connect-errors.ts";
import { columnsOfDetail, isStale, toDbError } from "./errors.ts";

const canary = "c4n4ry";

function serverError(code: string, fields: Record<string, string> = {}): Error {
  return Object.assign(new Error(`about "users" and ${canary}`), {
    code,
    severity: "ERROR",
    detail: `Key (email)=(${canary}) already exists.`,
    ...fields,
  });
}

test("columns are read from the detail in every language, values never", () => {
  const details: [string, string[] | undefined][] = [
    ["Key (email)=(a@b) already exists.", ["email"]],
    ["Key (a, b)=(1, 2) already exists.", ["a", "b"]],
    ["Schlüssel »(a, b)=(1, 2)« existiert bereits.", ["a", "b"]],
    ['Key ("Name", größe)=(x, y) already exists.', ["Name", "größe"]],
    ['Key ("o""dd, name")=(x) already exists.', ['o"dd, name']],
    ["Key (email)=(x)=(y)) already exists.", ["email"]],
    ["Key (lower(email))=(x) already exists.", undefined],
    ["Key (email, lower(name))=(x, y) already exists.", undefined],
    ["Failing row contains (1, x).", undefined],
  ];
  for (const [detail, columns] of details)
    expect([detail, columnsOfDetail(detail)]).toEqual([detail, columns]);
  expect(columnsOfDetail(undefined)).toBe(undefined);
});

test("every SQLSTATE becomes one of our errors, without a value", () => {
  const codes: Record<string, string> = {
    "08006": "E_CONNECTION_LOST",
    "57P01": "E_CONNECTION_LOST",
    "25P03": "E_CONNECTION_LOST",
    "23505": "E_UNIQUE_VIOLATION",
    "23503": "E_FOREIGN_KEY_VIOLATION",
    "23001": "E_FOREIGN_KEY_VIOLATION",
    "23502": "E_NOT_NULL_VIOLATION",
    "23514": "E_CHECK_VIOLATION",
    "40001": "E_SERIALIZATION",
    "40P01": "E_DEADLOCK",
    "42P01": "E_MISSING_TABLE",
    "42703": "E_MISSING_COLUMN",
    "42601": "E_SYNTAX",
    "42501": "E_PERMISSION",
    "53100": "E_DATABASE_FULL",
    "25006": "E_READ_ONLY",
    "22001": "E_VALUE_TOO_LONG",
    "22003": "E_OUT_OF_RANGE",
    "22P02": "E_INVALID_VALUE",
    "57014": "E_TIMEOUT",
    "55P03": "E_TIMEOUT",
    "26000": "E_SERIALIZATION",
    XX000: "E_QUERY",
  };
  for (const [state, code] of Object.entries(codes)) {
    const error = toDbError(serverError(state));
    expect(error, state).toBeInstanceOf(DbError);
    expect(error, state).toMatchObject({ code });
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(canary);
  }
});

test("what isn't the server's comes back as it is", () => {
  for (const error of [
    new Error("x"),
    "x",
    undefined,
    Object.assign(new Error("x"), { code: "ENOENT" }),
  ]) {
    expect(toDbError(error)).toBe(error);
  }
});

test("only a changed table is stale, not all that isn't supported", () => {
  expect(isStale(serverError("0A000", { routine: "RevalidateCachedQuery" }))).toBe(true);
  expect(isStale(serverError("0A000", { routine: "transformFromClause" }))).toBe(false);
});

test("a connection that can't be made says where, and what to do", () => {
  const place = { host: "db.example", port: 6543, database: "app", user: "ada" };
  const cases: [Error, string, RegExp][] = [
    [serverError("28P01"), "E_WRONG_PASSWORD", /"ada".*db\.example:6543.*percent-encoded/],
    [serverError("28000"), "E_WRONG_PASSWORD", /pg_hba/],
    [serverError("3D000"), "E_MISSING_DATABASE", /--create-database/],
    [serverError("53300"), "E_CONNECTION_REFUSED", /max_connections/],
    [serverError("57P03"), "E_CONNECTION_REFUSED", /starting up/],
    [serverError("XX000"), "E_CONNECTION_REFUSED", /XX000/],
    [new Error("timeout expired"), "E_CONNECT_TIMEOUT", /within 2 s.*connect_timeout/],
    [new Error("The server does not support SSL connections"), "E_TLS", /doesn't offer.*sslmode/],
    [new Error("There was an error establishing an SSL connection"), "E_TLS", /doesn't answer/],
    [
      new Error("SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string"),
      "E_WRONG_PASSWORD",
      /PGPASSWORD/,
    ],
    [Object.assign(new Error("x"), { code: "SELF_SIGNED_CERT_IN_CHAIN" }), "E_TLS", /sslrootcert/],
    [Object.assign(new Error("x"), { code: "ERR_TLS_CERT_ALTNAME_INVALID" }), "E_TLS", /trusted/],
    [Object.assign(new Error("x"), { code: "ECONNREFUSED" }), "E_CONNECTION_REFUSED", /running/],
    [Object.assign(new Error("x"), { code: "ENOTFOUND" }), "E_CONNECTION_REFUSED", /db\.example/],
    [new Error("Connection terminated unexpectedly"), "E_CONNECTION_REFUSED", /db\.example:6543/],
  ];
  for (const [cause, code, message] of cases) {
    const error = toConnectError(cause, place, 2_000);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(canary);
  }
});
