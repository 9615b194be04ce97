/** Commits to what the type tests cost now. */
import { writeTypeBudget } from "./gates/type-cost.ts";
import { root } from "./prepare.mjs";

process.stdout.write(`${writeTypeBudget(root)} instantiations are the budget now.\n`);
