import { runConformance } from "./run.ts";

// SQLite says that a foreign key was broken, and not which.
runConformance("sqlite memory", [
  "foreign key: table",
  "foreign key: columns",
  "foreign key: constraint",
  "foreign key of a parent: table",
  "foreign key of a parent: columns",
  "foreign key of a parent: constraint",
]);
