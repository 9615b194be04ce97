import { execFile } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { root } from "../../scripts/prepare.mjs";

/** A checkout with two packages to install, both of which are folders of it. */
function checkOut(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "plinth-checkout-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, "scripts"));
  for (const name of ["run.mjs", "prepare.mjs"])
    cpSync(join(root, "scripts", name), join(folder, "scripts", name));
  writeFileSync(
    join(folder, "hello.ts"),
    `const words: string[] = process.argv.slice(2);\nconsole.log(process.version, ...words);\n`,
  );
  return folder;
}

function run(
  folder: string,
  ...parameters: string[]
): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(folder, "scripts/run.mjs"), ...parameters],
      { encoding: "utf8", env: { ...process.env, npm_execpath: undefined } },
      (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}

function writeLock(folder: string, packages: Record<string, unknown>, installed = packages): void {
  const text = (content: unknown) => JSON.stringify({ lockfileVersion: 3, packages: content });
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ name: "checkout", version: "1.0.0", type: "module" }),
  );
  writeFileSync(
    join(folder, "package-lock.json"),
    text({ "": { name: "checkout", version: "1.0.0" }, ...packages }),
  );
  mkdirSync(join(folder, "node_modules"), { recursive: true });
  writeFileSync(join(folder, "node_modules/.package-lock.json"), text(installed));
}

test("installs first, and not again", async () => {
  const folder = checkOut();
  writeLock(folder, {});
  rmSync(join(folder, "node_modules"), { recursive: true });

  const first = await run(folder, "hello.ts", "one", "--two");
  expect(first).toMatchObject({ code: 0, out: `${process.version} one --two\n` });
  expect(first.err).toContain("Installing packages (npm ci)");

  writeLock(folder, {});
  expect(await run(folder, "hello.ts")).toEqual({ code: 0, out: `${process.version}\n`, err: "" });
});

test("installs again when the lockfile asks for another version", async () => {
  const folder = checkOut();
  const one = { "node_modules/one": { version: "1.0.0" } };
  writeLock(folder, { "node_modules/one": { version: "2.0.0" } }, one);

  expect((await run(folder, "hello.ts")).err).toContain("Installing packages");
});

test("does not miss an optional package of another platform", async () => {
  const folder = checkOut();
  writeLock(folder, { "node_modules/one": { version: "1.0.0", optional: true } }, {});

  expect(await run(folder, "hello.ts")).toMatchObject({ code: 0, err: "" });
});

test("runs on the Node of the workspace where there is one", async () => {
  const folder = checkOut();
  writeLock(folder, {});
  const bundled = join(folder, "node_modules", `node-linux-${process.arch}`, "bin");
  mkdirSync(bundled, { recursive: true });
  symlinkSync(oldestNode(), join(bundled, "node"));

  if (process.platform === "linux") expect((await run(folder, "hello.ts")).out).toBe("v22.18.0\n");
  else expect((await run(folder, "hello.ts")).out).toBe(`${process.version}\n`);
});

describe("with --build", () => {
  function checkOutWithSources(build: string): string {
    const folder = checkOut();
    writeLock(folder, {});
    mkdirSync(join(folder, "src"));
    writeFileSync(join(folder, "src/main.ts"), "export const one = 1;\n");
    writeFileSync(join(folder, "scripts/build.ts"), build);
    return folder;
  }
  const build = `import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { buildStamp, hashSources } from "./prepare.mjs";
mkdirSync(dirname(buildStamp), { recursive: true });
writeFileSync(buildStamp, hashSources());
console.log("built");
`;

  test("builds when the sources have changed, and only then", async () => {
    const folder = checkOutWithSources(build);
    const start = async () => (await run(folder, "--build", "hello.ts")).err;

    expect(await start()).toBe("built\n");
    expect(await start()).toBe("");

    writeFileSync(join(folder, "src/main.ts"), "export const one = 2;\n");
    expect(await start()).toBe("built\n");

    writeFileSync(join(folder, "src/main.test.ts"), "");
    expect(await start()).toBe("");
  });

  test("does not run what could not be built", async () => {
    const folder = checkOutWithSources(`throw new Error("no such thing");\n`);

    const { code, err, out } = await run(folder, "--build", "hello.ts");
    expect(err).toContain("no such thing");
    expect(err).toContain("The build failed; see above.");
    expect({ code, out }).toEqual({ code: 1, out: "" });
  });
});

test("says in a sentence which file is missing, and hands on the exit code of one that is not", async () => {
  const folder = checkOut();
  writeLock(folder, {});
  writeFileSync(join(folder, "fail.ts"), "process.exit(7);\n");

  expect(await run(folder, "absent.ts")).toEqual({
    code: 1,
    out: "",
    err: "There is no absent.ts in this checkout.\n",
  });
  expect(await run(folder, "fail.ts")).toMatchObject({ code: 7 });
});

test("says in a sentence which Node to install where none is brought and the present one is too old", async () => {
  const folder = checkOut();
  writeLock(folder, {});
  const old = join(folder, "old.mjs");
  writeFileSync(
    old,
    `Object.defineProperty(process, "versions", { value: { node: "20.20.2" } });\n`,
  );
  const prepare = join(folder, "scripts/prepare.mjs");
  writeFileSync(
    join(folder, "ask.mjs"),
    `import "./old.mjs";\nimport { nodePath } from ${JSON.stringify(prepare)};\nnodePath();\n`,
  );

  const asked = await new Promise<string>((resolve) => {
    execFile(process.execPath, [join(folder, "ask.mjs")], (_error, _out, err) => resolve(err));
  });
  expect(asked).toContain("This is Node 20.20.2 and the project brings none for");
  expect(asked).toContain("install Node 24 (22.18 at the oldest)");
});

test("is written for a Node that is older than the project's", () => {
  for (const name of ["run.mjs", "prepare.mjs", "sum-counts.mjs"]) {
    const text = readFileSync(join(root, "scripts", name), "utf8");
    expect(text).not.toMatch(/import\.meta\.(dirname|filename)|\busing\b|with \{ type/);
  }
});

function oldestNode(): string {
  return join(root, "tools/runtime-22/node_modules/.bin/node");
}
