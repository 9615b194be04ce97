import { runConformance } from "./run.ts";

// SQLite says that a foreign key was broken, and not which.
runConformance("sqlite file", ["foreign key", "foreign key of a delete"]);
