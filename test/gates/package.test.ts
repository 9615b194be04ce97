import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { renderFaces } from "../../scripts/gates/api.ts";
import { root } from "../../scripts/prepare.mjs";
import { plant, type Planted, uproot } from "./planted.ts";

afterAll(uproot);

const entries = Object.keys(manifest.exports)
  .filter((path) => path !== "./package.json")
  .map((path) => (path === "." ? "main" : path.slice(2)));

/** What a build would have left: every entry hands on one class. */
const built: Readonly<Record<string, string>> = {
  "README.md": "# Plinth\n",
  "dist/schema/table.d.ts": `/** A table. */
export declare class Table {
  readonly options: Options;
}
export interface Options {
  readonly name: string;
}
export interface Hidden {
  readonly never: boolean;
}
`,
  "dist/schema/table.js": "export class Table {}\n",
  ...Object.fromEntries(
    entries.flatMap((entry) => [
      [`dist/entry/${entry}.js`, `export { Table } from "../schema/table.js";\n`],
      [`dist/entry/${entry}.d.ts`, `export { Table } from "../schema/table.js";\n`],
    ]),
  ),
};

describe("the package gate", { timeout: 60_000 }, () => {
  test("passes a package that holds what it promises", async () => {
    const { code, output } = await plant(built).check("package");

    expect(output).toContain(`package: ${2 + 2 * entries.length} built files, 0 violations`);
    expect(code).toBe(0);
  });

  test.concurrent.for([
    {
      title: "an entry that was not built",
      files: { "dist/entry/mysql.js": undefined },
      says: /publint: .*mysql\.js/,
    },
    {
      title: "an entry without declarations",
      files: { "dist/entry/mysql.d.ts": undefined },
      says: /publint: .*mysql\.d\.ts/,
    },
    {
      title: "declarations that lead nowhere",
      files: { "dist/entry/mysql.d.ts": `export { Table } from "../schema/tables.js";\n` },
      says: /attw: .*InternalResolutionError/,
    },
    {
      title: "a test among the files",
      files: { "dist/schema/table.test.js": "" },
      says: /dist\/schema\/table\.test\.js: is packed and should not be/,
    },
    {
      title: "a package with nothing built",
      files: Object.fromEntries(Object.keys(built).map((path) => [path, undefined])),
      says: /nothing was read/,
    },
  ])("catches $title", async ({ files, says }, { expect: check }) => {
    const { code, output } = await plant({ ...built, ...files }).check("package");

    check(output).toMatch(says);
    check(code).toBe(1);
  });
});

describe("the api gate", { timeout: 60_000 }, () => {
  function commit({ folder }: Planted): void {
    mkdirSync(join(folder, "api"), { recursive: true });
    for (const [entry, text] of renderFaces(folder)) {
      writeFileSync(join(folder, "api", `${entry}.d.ts`), text);
    }
  }

  test("prints what an entry exports and what that mentions, without what is hidden", () => {
    const faces = renderFaces(plant(built).folder);

    expect(faces.get("main")).toContain(
      [
        "// schema/table",
        "",
        "interface Options {",
        "    readonly name: string;",
        "}",
        "",
        "export class Table {",
        "    readonly options: Options;",
        "}",
      ].join("\n"),
    );
    expect(faces.get("main")).not.toContain("Hidden");
    expect(faces.get("main")).not.toContain("A table.");
    expect(faces.get("sqlite")).toContain(`export { Table } from "./main.d.ts";`);
    expect([...faces.keys()].sort()).toEqual([...entries].sort());
  });

  test("passes a face that is the one committed", async () => {
    const planted = plant(built);
    commit(planted);

    const { code, output } = await planted.check("api");

    expect(output).toContain(`api: ${entries.length} entries, 0 violations`);
    expect(code).toBe(0);
  });

  test("catches a face that changed, and shows the change", async () => {
    const planted = plant(built);
    commit(planted);
    const path = join(planted.folder, "dist/schema/table.d.ts");
    writeFileSync(
      path,
      readFileSync(path, "utf8").replace("name: string", "name: string | undefined"),
    );

    const { code, output } = await planted.check("api");

    expect(output).toContain("api/main.d.ts: the public face has changed. Run: npm run api");
    expect(output).toContain("+     readonly name: string | undefined;");
    expect(code).toBe(1);
  });

  test("catches a file of an entry that is gone", async () => {
    const planted = plant(built);
    commit(planted);
    writeFileSync(join(planted.folder, "api/oracle.d.ts"), "");

    expect((await planted.check("api")).output).toContain(
      "api/oracle.d.ts: is the face of no entry",
    );
  });

  test("fails when nothing is committed, and when nothing is built", async () => {
    expect(await plant(built).check("api")).toMatchObject({ code: 1 });
    expect(await plant().check("api")).toMatchObject({ code: 1 });
  });
});

describe("the lockfile gate", { timeout: 60_000 }, () => {
  const lockfile = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
    packages: Record<string, Record<string, unknown>>;
  };
  const changed = (packages: Record<string, Record<string, unknown>>) => ({
    "package-lock.json": JSON.stringify({ ...lockfile, packages }),
  });

  test("passes packages that are known by their digest alone", async () => {
    const { code, output } = await plant(changed(lockfile.packages)).check("lockfile");

    expect(output).toMatch(/^lockfile: [1-9]\d+ packages, 0 violations/m);
    expect(code).toBe(0);
  });

  test.for([
    {
      title: "a package that names its host",
      packages: {
        "node_modules/a": { resolved: "https://example.org/a.tgz", integrity: "sha512-" },
      },
      says: /node_modules\/a: names the host/,
    },
    {
      title: "a package without a digest",
      packages: { "node_modules/a": { version: "1.0.0" } },
      says: /node_modules\/a: has no digest/,
    },
    { title: "a lockfile without packages", packages: {}, says: /nothing was read/ },
  ])("catches $title", async ({ packages, says }) => {
    const { code, output } = await plant(changed(packages)).check("lockfile");

    expect(output).toMatch(says);
    expect(code).toBe(1);
  });
});
