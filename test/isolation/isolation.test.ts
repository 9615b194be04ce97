import { readFileSync, writeFileSync } from "node:fs";
import { connect, type IsolationLevel } from "plinth";
import { afterAll, expect, test } from "vitest";
import { createTestDatabase, testServers } from "../servers/databases.ts";
import { anomalies } from "./anomalies.ts";
import { play } from "./play.ts";

// `PLINTH_WRITE_DOCS=1` writes the page anew.

const page = new URL("../../docs/isolation.md", import.meta.url);
const isWriting = process.env["PLINTH_WRITE_DOCS"] !== undefined;

const levels: readonly IsolationLevel[] = [
  "read uncommitted",
  "read committed",
  "repeatable read",
  "serializable",
];

const HAPPENS = "happens";
const NEVER = "–";

/** The cells of the page's rows, by database and level. */
function readPage(): Map<string, readonly string[]> {
  const rows = readFileSync(page, "utf8")
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  return new Map(rows.map(([database, level, ...cells]) => [`${database}: ${level}`, cells]));
}

function rowOf(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

const documented = isWriting ? new Map<string, readonly string[]>() : readPage();
const observed: string[][] = [];

const servers = testServers().filter(({ name }) => name !== "sqlite memory");

test.each(servers)(
  "$name permits the anomalies that the page tells, and no others",
  async (server) => {
    const own = await Promise.all(
      anomalies.map(async (anomaly) => {
        const database = await createTestDatabase(server);
        return { anomaly, database, db: await connect(database.url) };
      }),
    );
    try {
      for (const level of levels) {
        const told = documented.get(`${server.name}: ${level}`);
        const cells = await Promise.all(
          own.map(async ({ anomaly, db }, at) => {
            // What may happen need not happen each time, on a machine that is busy.
            for (let attempt = 0; attempt < (isWriting ? 2 : 4); attempt++) {
              if (await play(db, anomaly, level)) return HAPPENS;
              if (told?.[at] === NEVER) break;
            }
            return NEVER;
          }),
        );
        observed.push([server.name, level, ...cells]);
        if (!isWriting) expect(cells, `${server.name}: ${level}`).toEqual(told);
      }
    } finally {
      for (const { database, db } of own) {
        await db.close();
        await database.drop();
      }
    }
  },
  60_000,
);

afterAll(() => {
  if (!isWriting) return;
  const names = anomalies.map(({ name }) => name);
  const head = ["database", "level", ...names];
  const text = `# What each level of isolation keeps away

Observed, not quoted: \`test/isolation\` lets real transactions take turns on each database, and fails when this page says
anything else. "${HAPPENS}" means that it was seen to happen, "${NEVER}" that the database kept it away, by letting one wait, by
an error, or by what each of them sees. Errors of this kind are \`E_DEADLOCK\` and \`E_SERIALIZATION\`, after which
\`db.transaction\` runs the whole callback again.

${rowOf(head)}
${rowOf(head.map(() => "---"))}
${observed.map(rowOf).join("\n")}

${anomalies.map(({ name, what }) => `- **${name}**: ${what}`).join("\n")}

The names are those of [Hermitage](https://github.com/ept/hermitage). SQLite has one writer, which makes each level
serializable. PostgreSQL has no "read uncommitted": it is "read committed". MariaDB's "repeatable read" reads one state, but
writes upon the newest, so an update may be lost: lock what you read with \`forUpdate()\`, or take "serializable".
`;
  writeFileSync(page, text);
});
