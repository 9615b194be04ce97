import { expect, test } from "vitest";
import { schemeOf, urlOfParts } from "./environment.ts";

test("parts become a URL from which they can be read again", () => {
  const hard = `p@ss:w/o?r#d%& é`;
  const url = new URL(
    urlOfParts({
      scheme: "postgres",
      host: "db.example.org",
      port: 5433,
      user: "us/er",
      password: hard,
      database: "my db",
      options: { max_connections: 5, ssl: true, name: "a&b=c" },
    }),
  );
  expect([url.hostname, url.port, url.pathname]).toEqual(["db.example.org", "5433", "/my%20db"]);
  expect(decodeURIComponent(url.username)).toBe("us/er");
  expect(decodeURIComponent(url.password)).toBe(hard);
  expect(Object.fromEntries(url.searchParams)).toEqual({
    max_connections: "5",
    ssl: "true",
    name: "a&b=c",
  });
});

test("parts without a host name a file", () => {
  expect(urlOfParts({ scheme: "sqlite", database: "data/app.db" })).toBe("sqlite:data/app.db");
  expect(urlOfParts({ scheme: "sqlite", database: "a?b.db", options: { mode: "ro" } })).toBe(
    "sqlite:a%3Fb.db?mode=ro",
  );
});

test("a scheme is read in any case, and a URL without one is refused without being repeated", () => {
  expect(schemeOf("SQLite:app.db")).toBe("sqlite");
  expect(schemeOf("postgresql://h/d")).toBe("postgresql");
  for (const url of ["", "app.db", "//user:canary@host/db", "1x:y"]) {
    expect(() => schemeOf(url)).toThrowError(expect.objectContaining({ code: "E_CONFIG" }));
    expect(() => schemeOf(url)).toThrowError(/^(?!.*canary)/s);
  }
});

test("an IPv6 address stands in brackets", () => {
  const parts = { scheme: "postgres", host: "::1", port: 5433, database: "shop" };
  expect(urlOfParts(parts)).toBe("postgres://[::1]:5433/shop");
});
