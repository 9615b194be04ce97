import { expect, test } from "vitest";
import { parseVersion, readOptions } from "./url.ts";

test("options are read by their kinds", () => {
  const options = readOptions("x://host/db?name=a%20b&mode=ro&count=7&wait=0.25");
  expect(options.text("name")).toBe("a b");
  expect(options.choice("mode", ["rw", "ro"], "rw")).toBe("ro");
  expect(options.choice("other", ["rw", "ro"], "rw")).toBe("rw");
  expect(options.count("count")).toBe(7);
  expect(options.duration("wait")).toBe(250);
  expect(options.count("none")).toBe(undefined);
  expect(options.duration("none")).toBe(undefined);
  expect(() => options.refuseOthers("X")).not.toThrow();
});

test.each(["mode=other", "mode=", "mode=RO"])(
  "a choice that there isn't is refused: %s",
  (query) => {
    expect(() => readOptions(`x:y?${query}`).choice("mode", ["rw", "ro"], "rw")).toThrowError(
      /rw, ro/,
    );
  },
);

test.each(["-1", "1.5", "", "x", "1e999", "NaN", " "])("%j is no count", (value) => {
  expect(() => readOptions(`x:y?n=${encodeURIComponent(value)}`).count("n")).toThrowError(
    expect.objectContaining({ code: "E_CONFIG" }),
  );
});

test("an option that nobody asked for is refused, with those that are known and without its value", () => {
  const options = readOptions("x:y?mode=ro&passwrod=canary");
  options.choice("mode", ["rw", "ro"], "rw");
  expect(() => options.refuseOthers("X")).toThrowError(/"passwrod".*X.*Known are mode\./s);
  expect(() => options.refuseOthers("X")).toThrowError(/^(?!.*canary)/s);
});

test.each([
  ["3.53.0", [3, 53, 0]],
  ["15.18 (Debian 15.18-1)", [15, 18, 0]],
  ["10.11.6-MariaDB-0+deb12u1", [10, 11, 6]],
  ["18beta1", [18, 0, 0]],
  ["", [0, 0, 0]],
])("the version %j is %j", (text, expected) => {
  expect(parseVersion(text)).toEqual(expected);
});

test.each([
  ["30", 30_000],
  ["0.25", 250],
  ["30s", 30_000],
  ["500ms", 500],
  ["10m", 600_000],
  ["10 min", 600_000],
  ["2h", 7_200_000],
])("the time %j is %i ms", (text, expected) => {
  expect(readOptions(`x:?t=${encodeURIComponent(text)}`).duration("t")).toBe(expected);
});

test.each(["", "x", "-1", "10 days", "1e3", "10mm", "m"])("%j is no time", (text) => {
  expect(() => readOptions(`x:?t=${encodeURIComponent(text)}`).duration("t")).toThrowError(
    /must be a time.*30s, 500ms, 10m, 2h/s,
  );
});

test("a time beyond what a timer can hold is the longest that it can", () => {
  expect(readOptions("x:?t=99999999").duration("t")).toBe(2 ** 31 - 1);
});
