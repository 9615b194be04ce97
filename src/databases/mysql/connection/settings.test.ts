import { expect, test } from "vitest";
import { serverOf } from "./driver-mariadb.ts";
import { parseSettings } from "./settings.ts";

test("reads the parts of a URL, percent-encoded as they are", () => {
  const { place, password } = parseSettings("mysql://us%40er:p%3Fss%2F@[::1]:3307/my%20db");

  expect(place).toEqual({
    host: "::1",
    port: 3307,
    user: "us@er",
    database: "my db",
    socket: undefined,
  });
  expect(password).toBe("p?ss/");
});

test("needs no host beside a socket", () => {
  const { place, isLocal, tls } = parseSettings("mariadb://me@/app?socket=/run/my.sock");

  expect(place).toMatchObject({ socket: "/run/my.sock", user: "me", database: "app" });
  expect([isLocal, tls]).toEqual([true, false]);
});

test("verifies TLS away from this machine unless it is told otherwise", () => {
  const tls = (url: string) => parseSettings(url).tls;

  expect(tls("mysql://db.example/app")).toEqual({ rejectUnauthorized: true });
  expect(tls("mysql://127.0.0.1/app")).toBe(false);
  expect(tls("mysql://db.example/app?sslmode=disable")).toBe(false);
  expect(tls("mysql://db.example/app?sslmode=require")).toEqual({ rejectUnauthorized: false });
  expect(tls("mysql://127.0.0.1/app?ssl=true")).toEqual({ rejectUnauthorized: true });
  const named = tls("mysql://db.example/app?sslmode=verify-ca");
  expect(named).toMatchObject({ rejectUnauthorized: true });
  expect(named && named.checkServerIdentity?.("other", {} as never)).toBeUndefined();
  expect(() => tls("mysql://db.example/app?sslmode=prefer")).toThrow(/sslmode/);
  expect(() => tls("mysql://db.example/app?sslrootcert=/no/such.pem")).toThrow(/sslrootcert/);
});

test("refuses what makes no sense, without repeating it", () => {
  for (const rest of ["", "/", "/app?acquire_timeout=0", "/app?connect_timeout=0", "/app?x=1"]) {
    expect(() => parseSettings(`mysql://me:canary@db.example${rest}`)).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining("canary") }),
    );
  }
  expect(() => parseSettings("mysql://me:100%@db.example/app")).toThrow(/percent-encod/);
});

test("tells a server by its greeting", () => {
  expect(serverOf("10.11.6-MariaDB-0+deb12u1")).toEqual({
    product: "mariadb",
    version: [10, 11, 6],
  });
  expect(serverOf("5.5.5-11.4.2-MariaDB").version).toEqual([11, 4, 2]);
  expect(serverOf("8.4.3")).toEqual({ product: "mysql", version: [8, 4, 3] });
});
