import { runConformance } from "./run.ts";

// The server names a required column and not its table, which a statement written by hand doesn't tell either.
runConformance("mariadb", ["not null in SQL by hand: table"]);
