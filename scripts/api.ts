/** Writes the public face of every entry into api/, for the review of a change. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { renderFaces } from "./gates/api.ts";
import { buildForRelease } from "./pack.ts";
import { root } from "./prepare.mjs";

buildForRelease();
const faces = renderFaces(root);
const folder = join(root, "api");
mkdirSync(folder, { recursive: true });
for (const name of readdirSync(folder)) {
  if (!faces.has(basename(name, ".d.ts"))) rmSync(join(folder, name));
}
for (const [entry, text] of faces) {
  writeFileSync(join(folder, `${entry}.d.ts`), text);
  process.stdout.write(`api/${entry}.d.ts: ${text.split("\n").length} lines\n`);
}
