import { createTables, defineSchema, eq, integer, json, jsonSet, jsonText, table } from "plinth";
import { describe, expect, test } from "vitest";
import { connected, disguised, mariadbServers } from "./connected.ts";

const notes = table("notes", { id: integer().primaryKey(), body: json() });

for (const server of mariadbServers) {
  describe("paths into JSON", () => {
    test("are refused on MariaDB where it would never find the key", async () => {
      await using own = await connected(server);
      const { db } = own;
      await createTables(db, defineSchema({ notes }));
      await db.insert(notes).values({ id: 1, body: { "-a": 1 } });

      const refused = { code: "E_UNSUPPORTED" };
      const read = db.from(notes).where(eq(jsonText(notes.body, ["-a"]), "x"));
      await expect(read).rejects.toMatchObject(refused);
      const write = db
        .update(notes)
        .set({ body: jsonSet(notes.body, ["x", "-a"], 2) })
        .all();
      await expect(write).rejects.toMatchObject(refused);
      expect(await db.from(notes)).toEqual([{ id: 1, body: { "-a": 1 } }]);
      expect(await db.from(notes).where(eq(jsonText(notes.body, ["a-b"]), "x"))).toEqual([]);
    });

    test("are sent to MySQL as any other", async () => {
      await using own = await connected(server, "", { driver: disguised("8.4.3") });
      await createTables(own.db, defineSchema({ notes }));

      expect(await own.db.from(notes).where(eq(jsonText(notes.body, ["-a"]), "x"))).toEqual([]);
    });
  });
}
