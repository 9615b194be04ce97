import { openStore } from "plinth/services";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { cacheSettings } from "../src/cached-settings.ts";
import { settings } from "../src/schema/administration.ts";
import { everywhere } from "./databases.ts";
import { people } from "./people.ts";

everywhere(
  "settings are read from the store, and never as they were before they were written",
  async ({ db }) => {
    const folder = mkdtempSync(join(tmpdir(), "didhub-"));
    try {
      const { admin } = await people(db);
      // Two handles on the file, as two processes have them.
      await using one = await openStore(`sqlite:${join(folder, "store.sqlite")}`);
      await using two = await openStore(`sqlite:${join(folder, "store.sqlite")}`);
      const here = cacheSettings(db, one);
      const there = cacheSettings(db, two);
      expect([await here.read("audit.keep_days"), await there.read("audit.keep_days")]).toEqual([
        "365",
        "365",
      ]);
      await here.write(admin, { key: "audit.keep_days", value: "30" });
      expect(await there.read("audit.keep_days")).toBe("30");

      // Whoever goes by the cache is seen when its time is over: so nobody does.
      await db.update(settings).set({ value: "60" }).all();
      expect(await here.read("audit.keep_days")).toBe("30");

      await there.reset(admin, "audit.keep_days");
      expect(await here.read("audit.keep_days")).toBe("365");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
