// The server, as small as can be: `npm start`, or ./didhub-server. What is pending is applied before it answers.
import { existsSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Database } from "plinth";
import { cacheSettings, openSettingsStore } from "./cached-settings.ts";
import { openDatabase, productOf } from "./database.ts";
import { keepHouse } from "./housekeeping.ts";
import { publicUploads } from "./uploads.ts";
import { schema } from "./schema/schema.ts";

if (existsSync(".env")) process.loadEnvFile();

const port = Number(process.env["PORT"] ?? 8080);
const db = await openDatabase();
const store = await openSettingsStore();
const settings = cacheSettings(db, store);

const server = createServer((request, response) => {
  respond(request, response).catch((error: unknown) => {
    console.error(error);
    answer(response, 500, { error: "internal" });
  });
});

await keepHouseDaily();

server.listen(port, () => {
  const address = server.address();
  const own = typeof address === "object" ? address?.port : port;
  console.log(`DIDHub on http://localhost:${own}, ${productOf(db)}`);
});

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => {
    server.close(() => {
      void store.close();
      void db.close();
    });
  });
}

/** Once at the start, and then every day. */
async function keepHouseDaily(): Promise<void> {
  try {
    await keepHouse(db);
  } catch (error) {
    console.error(error);
  }
  const later = setTimeout(
    () => {
      void keepHouseDaily();
    },
    24 * 60 * 60 * 1_000,
  );
  // It keeps no program from ending.
  later.unref();
}

async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
  if (pathname === "/health") answer(response, 200, await health(db));
  else if (pathname === "/registration") {
    answer(response, 200, { approval: await settings.read("registration.approval") });
  } else if (pathname === "/uploads") {
    const page = Number(searchParams.get("page") ?? 1);
    if (!Number.isSafeInteger(page) || page < 1) {
      answer(response, 400, { error: "page is a whole number from 1" });
    } else answer(response, 200, await publicUploads(db, { page, size: 20 }));
  } else answer(response, 404, { error: "not found" });
}

async function health(db: Database): Promise<object> {
  const users = await db.from(schema.tables.users).count();
  return { status: "ok", database: productOf(db), users, connections: db.stats() };
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}
