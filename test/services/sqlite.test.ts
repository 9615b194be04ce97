import { chmodSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "plinth/services";
import { afterAll, expect, test } from "vitest";
import { storeSuite } from "./suite/suite.ts";

const folder = mkdtempSync(join(tmpdir(), "plinth-store-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

storeSuite({
  name: "sqlite",
  isShared: true,
  open: (place, options) => openStore(`sqlite:${join(folder, `${place}.db`)}`, options),
});

const isWindows = process.platform === "win32";

test.skipIf(isWindows)(
  "a new file is closed to other users, and one that is there is left",
  async () => {
    const file = join(folder, "closed.db");
    const modes = (): number[] =>
      ["", "-wal", "-shm"].map((end) => statSync(file + end).mode & 0o777);
    const store = await openStore(`sqlite:${file}`);
    await store.set("a", "b");
    expect(modes()).toEqual([0o600, 0o600, 0o600]);
    await store.close();
    chmodSync(file, 0o660);
    await using again = await openStore(`sqlite:${file}`);
    await again.set("a", "c");
    expect(modes()).toEqual([0o660, 0o660, 0o660]);
  },
);
