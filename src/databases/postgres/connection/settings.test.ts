import { expect, test } from "vitest";
import { refuseOldServer } from "../dialect.ts";
import { versionOf } from "./session.ts";
import { parseSettings } from "./settings.ts";

const placeOf = (url: string) => {
  const { place, password } = parseSettings(url);
  return { ...place, password };
};

test("the parts of a URL are read", () => {
  expect(placeOf("postgres://ada:s%40cret%2F@db.example:6543/my%20app?sslmode=disable")).toEqual({
    user: "ada",
    password: "s@cret/",
    host: "db.example",
    port: 6543,
    database: "my app",
  });
  const local = { user: undefined, password: undefined, host: "localhost", port: 5432 };
  expect(placeOf("postgresql://localhost")).toEqual({ ...local, database: undefined });
  expect(placeOf("postgres:///app")).toEqual({ ...local, database: "app" });
  expect(placeOf("postgres:app")).toEqual({ ...local, database: "app" });
  expect(placeOf("postgres://[::1]:5433/app")).toMatchObject({ host: "::1", port: 5433 });
});

test("a Unix socket is the folder that the option host names", () => {
  const place = { host: "/run/postgresql", port: 5432, database: "app" };
  expect(placeOf("postgres:///app?host=/run/postgresql")).toMatchObject(place);
  expect(placeOf("postgres://ada@/app?host=/run/postgresql&port=5433")).toMatchObject({
    ...place,
    user: "ada",
    port: 5433,
  });
});

test("TLS is verified away from this machine, and means what libpq says where it is asked for", () => {
  const tlsOf = (url: string) => parseSettings(url).tls;
  for (const host of ["localhost", "127.0.0.1", "127.1.2.3", "[::1]", ""]) {
    expect(tlsOf(`postgres://${host}/app`), host).toBe(false);
  }
  expect(tlsOf("postgres:///app?host=/run/postgresql")).toBe(false);
  for (const host of ["db.example", "10.0.0.1", "127.example", "localhost.example", "[::2]"]) {
    expect(tlsOf(`postgres://${host}/app`), host).toEqual({ rejectUnauthorized: true });
  }
  expect(tlsOf("postgres://db.example/app?sslmode=disable")).toBe(false);
  expect(tlsOf("postgres://db.example/app?sslmode=require")).toEqual({ rejectUnauthorized: false });
  expect(tlsOf("postgres://localhost/app?sslmode=verify-full")).toEqual({
    rejectUnauthorized: true,
  });
  const authority = tlsOf("postgres://db.example/app?sslmode=verify-ca&sslrootcert=system");
  expect(authority).toMatchObject({ rejectUnauthorized: true });
  expect(authority && authority.checkServerIdentity).toBeTypeOf("function");
  // With an authority named, libpq verifies it for `require` too.
  expect(tlsOf("postgres://db.example/app?sslmode=require&sslrootcert=system")).toMatchObject({
    rejectUnauthorized: true,
  });
});

test("a mode that falls back to plain text is refused", () => {
  for (const mode of ["allow", "prefer"]) {
    expect(() => parseSettings(`postgres://db.example/app?sslmode=${mode}`)).toThrow(/plain text/);
  }
  expect(() => parseSettings("postgres://db.example/app?sslmode=on")).toThrow(/verify-full/);
  expect(() => parseSettings("postgres://db.example/app?sslrootcert=/no/such/file")).toThrow(
    /sslrootcert/,
  );
});

test("options are read, and those that nobody knows are refused", () => {
  const { pool, connectTimeoutMs, isPrepared, applicationName, startOptions } = parseSettings(
    "postgres:app?max_connections=3&shared_connections=0&acquire_timeout=1.5&idle_timeout=9&connect_timeout=2&" +
      "prepared=false&application_name=me&options=-c%20a%3Db",
  );
  expect(pool).toEqual({
    maxConnections: 3,
    sharedConnections: 0,
    maxLifetimeMs: 1_800_000,
    probeAfterMs: 10_000,
    reconnectTimeoutMs: 5_000,
    acquireTimeoutMs: 1_500,
    idleTimeoutMs: 9_000,
  });
  expect([connectTimeoutMs, isPrepared, applicationName, startOptions]).toEqual([
    2_000,
    false,
    "me",
    "-c a=b",
  ]);
  expect(() => parseSettings("postgres:app?poolsize=3")).toThrow(/poolsize.*max_connections/);
  for (const name of ["connect_timeout", "acquire_timeout", "idle_timeout", "statement_timeout"]) {
    expect(() => parseSettings(`postgres:app?${name}=0`)).toThrow(/more than 0/);
  }
  expect(parseSettings("postgres:app").statementTimeoutMs).toBeUndefined();
  expect(parseSettings("postgres:app?statement_timeout=1.5").statementTimeoutMs).toBe(1_500);
  expect(() => parseSettings("postgres:app?max_connections=0")).toThrow(/at least 1/);
});

test("a URL that can't be parsed is not repeated", () => {
  for (const url of ["postgres://ada:hunter2@h:port/x", "postgres://ada:hunter2%@h/x"]) {
    expect(() => parseSettings(url)).toThrow(/percent/);
    expect(() => parseSettings(url)).not.toThrow(/hunter2/);
  }
});

test("a server that is too old is refused in one sentence", () => {
  const refuse = (number: number) => () =>
    refuseOldServer({ product: "postgres", version: versionOf(number) });
  expect(refuse(130_018)).toThrow(/^Plinth needs PostgreSQL 14 or newer; this server is 13\.18\.$/);
  expect(refuse(90_624)).toThrow(expect.objectContaining({ code: "E_SERVER_TOO_OLD" }));
  expect(refuse(140_000)).not.toThrow();
});
