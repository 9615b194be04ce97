import { expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { main } from "./main.ts";

function run(...argv: string[]): { code: number; out: string; err: string } {
  let out = "";
  let err = "";
  const code = main(argv, {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
  });
  return { code, out, err };
}

test("prints the version of the package", () => {
  expect(run("--version")).toEqual({ code: 0, out: `${manifest.version}\n`, err: "" });
  expect(run("-v")).toEqual(run("--version"));
});

test("prints the help when asked, and when asked nothing", () => {
  expect(run("--help")).toMatchObject({ code: 0, err: "" });
  expect(run("--help").out).toContain("--version");
  expect(run()).toEqual(run("--help"));
});

test("refuses an unknown option or command, says which, and adds the help", () => {
  expect(run("--colour")).toMatchObject({ code: 1, out: "" });
  expect(run("--colour").err).toContain("--colour");
  expect(run("migrate").err).toContain("migrate");
  expect(run("migrate").err).toContain("Usage:");
});
