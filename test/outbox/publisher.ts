// For events.test.ts: commits rows with their events, tells what was acknowledged, and waits to be killed.
import { connect } from "../../src/entry/main.ts";
import { createEvents, createOutbox } from "../../src/entry/outbox.ts";
import { createPubSub, openStore } from "../../src/entry/services.ts";
import { notes, schema, type Channels } from "./events-model.ts";

const [url, storeUrl, prefix, first] = process.argv.slice(2);
const db = await connect(url!, { schema });
const store = await openStore(storeUrl!, { prefix: prefix! });
createOutbox(db, { pollMs: 50 }).start();
const events = createEvents(db, createPubSub<Channels>(store, { keepEvents: 100_000 }));
for (let id = Number(first); ; id++) {
  await db.transaction(async (tx) => {
    events.publish(tx, ["notes", "killed"], { id });
    await tx.insert(notes).values({ id, author: "killed" });
  });
  process.send!(id);
}
