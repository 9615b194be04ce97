import { openStore } from "plinth/services";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { cacheSettings } from "../src/cached-settings.ts";
import { settings } from "../src/schema/administration.ts";
import { everywhere } from "./databases.ts";
import { people } from "./people.ts";

/** As long as it takes: what is cached is so on a machine that is busy, too. */
const patient = { timeoutMs: 10_000 };

/** A file needs nothing; a server is tested on when it is named. */
const redis = process.env["PLINTH_TEST_REDIS_URL"];
const stores: Readonly<Record<string, (folder: string) => string>> = {
  "a file": (folder) => `sqlite:${join(folder, "store.sqlite")}`,
  ...(redis === undefined ? {} : { Redis: () => redis }),
};

for (const [place, urlIn] of Object.entries(stores)) {
  everywhere(
    `settings are read from ${place}, and never as they were before they were written`,
    async ({ db }) => {
      const folder = mkdtempSync(join(tmpdir(), "didhub-"));
      try {
        const url = urlIn(folder);
        const { admin } = await people(db);
        // Two handles on one place, as two processes have them.
        const prefix = `didhub-test-${randomBytes(6).toString("hex")}`;
        await using one = await openStore(url, { prefix });
        await using two = await openStore(url, { prefix });
        const here = cacheSettings(db, one, patient);
        const there = cacheSettings(db, two, patient);
        for (const { read } of [here, there]) expect(await read("audit.keep_days")).toBe("365");
        await here.write(admin, { key: "audit.keep_days", value: "30", description: "In days" });
        expect(await there.read("audit.keep_days")).toBe("30");

        // Whoever goes by the cache is seen when its time is over: so nobody does.
        await db.update(settings).set({ value: "60" }).all();
        expect(await here.read("audit.keep_days")).toBe("30");

        await there.reset(admin, "audit.keep_days");
        expect(await here.read("audit.keep_days")).toBe("365");
        expect(await two.clear("didhub")).toBeGreaterThan(0);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  );
}

everywhere("when the store is away the database answers", async ({ db }) => {
  const { admin } = await people(db);
  const store = await openStore("memory:");
  const cached = cacheSettings(db, store);
  await cached.read("audit.keep_days");
  await store.close();
  const written = cached.write(admin, { key: "audit.keep_days", value: "30" });
  await expect(written).rejects.toMatchObject({ code: "E_CLOSED" });
  expect(await cached.read("audit.keep_days")).toBe("30");
});
