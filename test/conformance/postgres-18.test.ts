import { runConformance } from "./run.ts";

// The table that a broken key points from is told, and its columns would be known only from its declaration.
runConformance("postgres 18", ["foreign key of a parent: columns"]);
