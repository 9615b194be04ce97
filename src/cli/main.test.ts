import { expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { main } from "./main.ts";

async function run(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = "";
  let err = "";
  const code = await main(argv, {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
  });
  return { code, out, err };
}

test("prints the version of the package", async () => {
  expect(await run("--version")).toEqual({ code: 0, out: `${manifest.version}\n`, err: "" });
  expect(await run("-v")).toEqual(await run("--version"));
});

test("prints the help when asked, and when asked nothing", async () => {
  expect(await run("--help")).toMatchObject({ code: 0, err: "" });
  expect((await run("--help")).out).toContain("--version");
  expect(await run()).toEqual(await run("--help"));
});

test("refuses an unknown option or command, says which, and adds the help", async () => {
  expect(await run("--colour")).toMatchObject({ code: 1, out: "" });
  expect((await run("--colour")).err).toContain("--colour");
  expect((await run("migrat")).err).toMatch(/^There is no command "migrat"\.\n/);
  expect((await run("migrat")).err).toContain("Usage:");
});
