import { existsSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { DEFAULT_URL, schemeOf } from "../connect/environment.ts";
import { ConfigError } from "../core/error.ts";
import { dialectOf } from "../entry/main.ts";
import { generateCommand } from "./generate.ts";
import { painter, type Terminal } from "./terminal.ts";

const help = `Usage: plinth init [options]

Writes plinth.config.ts, a schema and a first migration. Files that are there stay as they are.

Options:
  --url URL   The database. Default: an embedded one in the file app.db.
`;

const SCHEMA = `import { defineSchema, index, integer, table, timestamps, varchar } from "plinth";

export const users = table(
  "users",
  {
    id: integer().primaryKey().autoIncrement(),
    email: varchar({ length: 255 }).notNull().unique(),
    name: varchar({ length: 100 }).notNull(),
    ...timestamps(),
  },
  (t) => [index().on(t.name)],
);

export const schema = defineSchema({ users });
`;

/** The URL may hold a password, which belongs into the environment. */
function configOf(url: string | undefined): string {
  const own = url === undefined || /^[^:]*:\/\/[^@/]*:[^@/]*@/.test(url) ? undefined : url;
  const lines = [
    ...(url !== undefined && own === undefined
      ? ["  // The URL with its password stands in DATABASE_URL, in the environment or in .env.\n"]
      : [
          "  // DATABASE_URL in the environment or in .env goes before it.\n",
          `  url: ${JSON.stringify(own ?? DEFAULT_URL)},\n`,
        ]),
    '  schema: "schema.ts",\n',
    '  migrations: "migrations",\n',
  ];
  return `import { defineConfig } from "plinth";\n\nexport default defineConfig({\n${lines.join("")}});\n`;
}

/** `plinth init` */
export async function initCommand(
  argv: readonly string[],
  terminal: Terminal,
  cwd: string,
): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    options: { url: { type: "string" }, help: { type: "boolean", short: "h" } },
    allowPositionals: true,
  });
  if (values.help === true) {
    terminal.stdout.write(help);
    return;
  }
  if (positionals.length > 0) {
    throw new ConfigError("`plinth init` takes no names.", {
      hint: "It writes into the folder that it runs in.",
    });
  }
  await dialectOf(schemeOf(values.url ?? DEFAULT_URL));
  const paint = painter(terminal);
  for (const [name, text] of [
    ["plinth.config.ts", configOf(values.url)],
    ["schema.ts", SCHEMA],
  ] as const) {
    const path = resolve(cwd, name);
    const isThere = existsSync(path);
    if (!isThere) writeFileSync(path, text, { flag: "wx" });
    terminal.stdout.write(`${isThere ? "kept " : paint("green", "wrote")}  ${name}\n`);
  }
  const named = values.url === undefined ? [] : ["--url", values.url];
  if (!existsSync(resolve(cwd, "migrations")))
    await generateCommand(["init", ...named], terminal, cwd);
  terminal.stdout.write("Next: plinth migrate up\n");
}
