import { expect, test } from "vitest";
import { parseSettings } from "./settings.ts";

test("a URL names a folder or memory", () => {
  const folderOf = (url: string) => parseSettings(url).folder;
  for (const url of ["pglite:", "pglite::memory:", "pglite:?acquire_timeout=1", "pglite://"])
    expect(folderOf(url), url).toBe(undefined);
  expect(folderOf("pglite:data/app")).toBe("data/app");
  expect(folderOf("pglite:/var/app?acquire_timeout=1")).toBe("/var/app");
  expect(folderOf("pglite://data/my%20app%3F")).toBe("data/my app?");
  expect(() => folderOf("pglite:50%")).toThrow(/percent/);
});

test("a URL has options, and no others", () => {
  const { extensions, pool } = parseSettings(
    "pglite:?extensions=citext,%20uuid-ossp,&acquire_timeout=2",
  );
  expect(extensions).toEqual(["citext", "uuid-ossp"]);
  expect(pool.acquireTimeoutMs).toBe(2_000);
  expect(() => parseSettings("pglite:?max_connections=2")).toThrow(/max_connections.*PGlite/);
});
