/** Writes docs/errors.md from the catalogue in the code. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { renderErrors } from "./gates/errors.ts";
import { root } from "./prepare.mjs";

writeFileSync(join(root, "docs/errors.md"), renderErrors(root));
