import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "plinth/services";
import { afterAll } from "vitest";
import { storeSuite } from "./suite/suite.ts";

const folder = mkdtempSync(join(tmpdir(), "plinth-store-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

storeSuite({
  name: "sqlite",
  isShared: true,
  open: (place, options) => openStore(`sqlite:${join(folder, `${place}.db`)}`, options),
});
