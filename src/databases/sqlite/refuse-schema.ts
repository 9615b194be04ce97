import { UnsupportedError } from "../../core/error.ts";

export function refuseSchema(name: string): never {
  throw new UnsupportedError({
    dialect: "SQLite",
    feature: `schemas ("${name}")`,
    instead: "Declare the table with table(), or keep it in a file of its own and connect to that.",
  });
}
