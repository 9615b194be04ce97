// Runs migrations in a process of its own, which dies at one of its statements: killed.ts URL PLACE [resume]
import { connect } from "plinth";
import { Session } from "../../src/connect/session.ts";
import { registered } from "../../src/migrate/migration.ts";
import { applyMigrations, repairMigrations } from "../../src/migrate/run/runner.ts";
import { steps } from "./steps.ts";

const [url = "", place = "", way = "up"] = process.argv.slice(2);
const deathPlace = Number(place);
let calls = 0;

/** An odd place is before a statement, an even one behind it. */
function dying<Parameters extends unknown[], Result>(
  work: (this: Session, ...parameters: Parameters) => Promise<Result>,
): (this: Session, ...parameters: Parameters) => Promise<Result> {
  return async function (...parameters) {
    if (++calls === deathPlace) process.kill(process.pid, "SIGKILL");
    const result = await work.apply(this, parameters);
    if (++calls === deathPlace) process.kill(process.pid, "SIGKILL");
    return result;
  };
}

Session.prototype.script = dying(Session.prototype.script);
Session.prototype.ask = dying(Session.prototype.ask);

const db = await connect(url);
const migrations = registered(steps);
if (way === "resume") await repairMigrations(db, migrations, { kind: "resume" });
await applyMigrations(db, migrations, { lockTimeoutMs: 20_000 });
await db.close();
