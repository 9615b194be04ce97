import { readFileSync, writeFileSync, mkdirSync } from "node:fs";
import { expect, test, describe } from "vitest";
import { loadChinook } from "../../examples/chinook/load.ts";
import { testServers } from "../servers/databases.ts";
import { onDatabase, read, script } from "../inspect/kit.ts";
import { changes, loadSchema, writeAll, writtenOf } from "./kit.ts";

describe.each(testServers().filter(s => s.name !== "sqlite file" && s.name !== "postgres 15"))("$name", (server) => {
  for (const what of ["chinook", "legacy"])
  test(what, async () => {
    await onDatabase(server, async (db) => {
      if (what === "chinook") await loadChinook(db);
      else {
        const name = server.name.startsWith("sqlite") ? "sqlite" : server.name.startsWith("maria") ? "mysql" : "postgres";
        await script(db, readFileSync(new URL(`../inspect/legacy.${name}.sql`, import.meta.url), "utf8"));
      }
      const found = await read(db, what === "legacy" && server.name.startsWith("post") ? { schemas: ["", "Über schema"] } : {});
      const written = writtenOf(found);
      const folder = `/tmp/entities-out/${server.name.split(" ")[0]}-${what}`;
      mkdirSync(folder, { recursive: true });
      writeFileSync(`${folder}/schema.ts`, written.whole);
      writeAll(folder + "/files", written.files);
      const schema = await loadSchema(folder, "schema.ts");
      expect(changes(db, found, schema)).toEqual([]);
      const schema2 = await loadSchema(folder, "files/index.ts");
      expect(changes(db, found, schema2)).toEqual([]);
    });
  });
});
