// Serves a guild: `npm run serve -- --demo`, and a second one on another port, that serves the same people.
import { parseArgs } from "node:util";
import { openDatabase } from "./database.ts";
import { openApp } from "./server/app.ts";
import { fillDemo } from "./server/demo.ts";
import { openGuildStore } from "./store.ts";

const { values } = parseArgs({
  options: {
    url: { type: "string" },
    store: { type: "string" },
    port: { type: "string", default: "3000" },
    demo: { type: "boolean", default: false },
  },
});

const db = await openDatabase(values.url);
const store = await openGuildStore(values.store);
if (values.demo) await fillDemo(db);
const app = await openApp({ db, store, port: Number(values.port), isDemo: values.demo });
console.log(`http://127.0.0.1:${app.port}`);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    void (async () => {
      await app.close();
      await store.close();
      await db.close();
    })();
  });
}
