import { inspect } from "node:util";
import { expect, test } from "vitest";
import {
  CancelledError,
  ConflictError,
  ConnectionError,
  DbError,
  NotFoundError,
  QueryError,
  UniqueViolationError,
  UnsupportedError,
} from "./error.ts";
import { refuseMissing } from "./optional.ts";

const CANARY = "canary-5e1f";

/** As drivers throw them: values in the message and in fields, codes beside. */
function driverError(): Error {
  const error = new TypeError(`duplicate key (email)=(${CANARY})\n${CANARY}`, {
    cause: new Error(CANARY),
  });
  return Object.assign(error, {
    code: "23505",
    errno: 1062,
    detail: `Key (email)=(${CANARY})`,
    sql: `insert '${CANARY}'`,
    parameters: [CANARY],
    password: CANARY,
    severity: "ERROR",
    routine: { nested: CANARY },
  });
}

test("a cause keeps its codes and its frames, and loses every text that may hold data", () => {
  const error = new QueryError("E_QUERY", "The statement was refused.", { cause: driverError() });
  const seen = [
    inspect(error, { depth: 20, showHidden: true }),
    error.stack,
    JSON.stringify(error),
  ].join("\n");

  expect(seen).not.toContain(CANARY);
  expect(error.cause).toMatchObject({ code: "23505", errno: 1062, severity: "ERROR" });
  expect((error.cause as Error).stack).toContain("error.test.ts");
  expect((error.cause as Error).message).toContain("TypeError");
});

test("a cause that is no error is left out, and one of ours is kept as it is", () => {
  expect(new QueryError("E_QUERY", "m", { cause: { password: CANARY } }).cause).toBe(undefined);
  expect(new QueryError("E_QUERY", "m", { cause: CANARY }).cause).toBe(undefined);
  const inner = new ConnectionError("E_CONNECTION_LOST", "lost");
  expect(new QueryError("E_QUERY", "m", { cause: inner }).cause).toBe(inner);
  expect("cause" in new QueryError("E_QUERY", "m")).toBe(false);
});

test("an error has its class's name, its code and its hint, in the message too", () => {
  const error = new UnsupportedError({
    dialect: "X",
    feature: "full joins",
    instead: "Use a union.",
  });
  expect(error).toBeInstanceOf(DbError);
  expect(error.name).toBe("UnsupportedError");
  expect(error.code).toBe("E_UNSUPPORTED");
  expect(error.hint).toBe("Use a union.");
  expect(error.message).toBe("X does not support full joins. Use a union.");
  expect(String(new NotFoundError("users"))).toMatch(/^NotFoundError: No row of "users"/);
  expect(new ConflictError("E_DEADLOCK").hint).toContain("whole transaction");
});

test("a constraint error tells of its place what is known", () => {
  const full = new UniqueViolationError({
    table: "users",
    columns: ["a", "b"],
    constraint: "users_a_b",
  });
  expect(full.message).toBe(
    'A row with this key exists already in table "users" ("a", "b"), constraint "users_a_b".',
  );
  expect(new UniqueViolationError({}).message).toBe("A row with this key exists already.");
  expect(new UniqueViolationError({ columns: [] }).message).toBe(
    "A row with this key exists already.",
  );
});

test("a package that is missing is named with the command that installs it, another failure is passed on", async () => {
  const missing = import("no-such-package" as string).catch(
    refuseMissing("no-such-package", "Testing"),
  );
  await expect(missing).rejects.toMatchObject({
    code: "E_MISSING_PACKAGE",
    packageName: "no-such-package",
  });
  await expect(missing).rejects.toThrow("npm install no-such-package");
  const broken = new Error("broken inside");
  await expect(Promise.reject(broken).catch(refuseMissing("p", "Testing"))).rejects.toBe(broken);
});

test("what was called off keeps the reason that the program gave", () => {
  for (const reason of [new Error("mine"), "enough", undefined])
    expect(new CancelledError("Cancelled.", { cause: reason }).cause).toBe(reason);
});
