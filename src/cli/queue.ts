import { parseArgs } from "node:util";
import { ConfigError } from "../core/error.ts";
import { databaseQueue } from "../outbox/queue/queue.ts";
import type { JobState } from "../services/queue/backend.ts";
import { createQueue } from "../services/queue/create-queue.ts";
import type { JobView, Queue } from "../services/queue/queue.ts";
import { openStore } from "../services/kv/open.ts";
import {
  commonOptions,
  connectProject,
  loadProject,
  placedUrl,
  refuseUntaken,
  requireConsent,
  type TakenBy,
} from "./context.ts";
import { wholeNumber } from "./migrate-order.ts";
import { columnsOf, painter, printJson, type Terminal } from "./terminal.ts";
import { writeGrid } from "./text/grid.ts";
import { cellOf } from "./text/value.ts";
import { safe } from "./text/width.ts";

const help = `Usage: plinth queue VERB [ID …] [options]

Looks after the jobs of a queue.

Verbs:
  counts                How many jobs there are, by what they wait for.
  list                  Jobs of one state, by when they are due.
  retry [ID …]          Lets dead jobs be tried again, with all their attempts.
  purge [ID …]          Deletes jobs, but none that is active.
  pause, resume         Whether workers get jobs; what runs goes on.

Options:
  --queue NAME          The queue. Default: default.
  --name NAME           Only jobs of this name.
  --state STATE         waiting, delayed, active, dead or done. Default: dead.
  --limit N             Of list: at most so many. Default: 20.
  --older-than TIME     Of purge: only jobs added longer ago, such as 30m, 12h, 7d.
  --all                 Of retry and purge: all, where no ID and no --name is given.
  --store URL           A store that holds the queue, such as redis://host. Default: the database.
  --namespace NAME      What its keys in the store begin with. Default: queue.
  --url URL             The database. Default: DATABASE_URL, then the configuration's.
  -c, --config FILE     The configuration. Default: plinth.config.ts.
  --yes                 Delete jobs in a database or store that isn't on this machine.
  --json                Print data for programs.
`;

const options = {
  ...commonOptions,
  all: { type: "boolean" },
  limit: { type: "string" },
  name: { type: "string" },
  namespace: { type: "string" },
  "older-than": { type: "string" },
  queue: { type: "string" },
  state: { type: "string" },
  store: { type: "string" },
  yes: { type: "boolean" },
} as const;

type Values = ReturnType<typeof parseArgs<{ readonly options: typeof options }>>["values"];

/** What chooses among jobs, and the verbs that choose by it. */
const TAKEN_BY: TakenBy<Values> = {
  all: ["retry", "purge"],
  limit: ["list"],
  name: ["list", "retry", "purge"],
  "older-than": ["purge"],
  state: ["list", "purge"],
};

interface Order {
  readonly queue: Queue;
  readonly values: Values;
  readonly ids: readonly string[];
  readonly terminal: Terminal;
}

const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

function ageMs(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, amount, unit = ""] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (amount !== undefined) return Number(amount) * UNIT_MS[unit]!;
  throw new ConfigError("--older-than takes a number with a unit.", {
    hint: "Such as 45s, 30m, 12h or 7d.",
  });
}

/** Which jobs are meant. What would be all of them is asked for by name. */
function selection({ ids, values: { all, name } }: Order, verb: string) {
  if (ids.length === 0 && name === undefined && all !== true) {
    throw new ConfigError(`\`plinth queue ${verb}\` doesn't know which jobs.`, {
      hint: "Name their ids, or --name, or take --all.",
    });
  }
  return { ...(ids.length > 0 && { id: ids }), ...(name !== undefined && { name }) };
}

function tellCount({ terminal, values }: Order, did: string, count: number): void {
  if (values.json === true) printJson(terminal, { count });
  else terminal.stdout.write(`${did} ${count} ${count === 1 ? "job" : "jobs"}\n`);
}

/** As its fields are called; times as texts of ISO 8601. */
function showJobs({ terminal, values }: Order, jobs: readonly JobView[]): void {
  if (values.json === true) return printJson(terminal, jobs);
  const others = ["name", "attempt", "added", "at", "error", "payload"];
  const columns = [{ title: "id", isWhole: true }, ...others.map((title) => ({ title }))];
  const rows = jobs.map(({ addedAt, at, attempt, attempts, error, id, name, payload }) => [
    cellOf(id),
    cellOf(name),
    { text: `${attempt}/${attempts}` },
    cellOf(addedAt),
    cellOf(at),
    error === undefined ? { text: "" } : cellOf(error),
    cellOf(JSON.stringify(payload)),
  ]);
  if (jobs.length > 0) terminal.stdout.write(writeGrid({ columns, rows }, terminal));
  const count = jobs.length === 1 ? "1 job" : `${jobs.length === 0 ? "no" : jobs.length} jobs`;
  terminal.stdout.write(painter(terminal)("dim", `${count}\n`));
}

const verbs: Readonly<Record<string, (order: Order) => Promise<void>>> = {
  async counts({ queue, terminal, values }) {
    const counts = await queue.counts();
    if (values.json === true) return printJson(terminal, counts);
    const { isPaused, ...others } = counts;
    const rows = Object.entries(others).map(([state, count]) => [state, String(count)]);
    const paused = isPaused ? painter(terminal)("yellow", "paused\n") : "";
    terminal.stdout.write(columnsOf(rows) + paused);
  },

  async list(order) {
    const { name, state = "dead" } = order.values;
    const limit = wholeNumber("--limit", order.values.limit) ?? 20;
    showJobs(order, await order.queue.list(state as JobState, { name, limit }));
  },

  async retry(order) {
    tellCount(order, "retried", await order.queue.retry(selection(order, "retry")));
  },

  async purge(order) {
    const olderThanMs = ageMs(order.values["older-than"]);
    // The queue refuses what is no state.
    const state = order.values.state as "dead" | undefined;
    const which = { ...selection(order, "purge"), state, olderThanMs };
    tellCount(order, "deleted", await order.queue.purge(which));
  },

  async pause({ queue, terminal, values }) {
    await queue.pause();
    if (values.json === true) printJson(terminal, { isPaused: true });
    else terminal.stdout.write(`${safe(queue.name)} is paused\n`);
  },

  async resume({ queue, terminal, values }) {
    await queue.resume();
    if (values.json === true) printJson(terminal, { isPaused: false });
    else terminal.stdout.write(`${safe(queue.name)} goes on\n`);
  },
};

interface Opened {
  readonly queue: Queue;
  close(): Promise<void>;
}

async function open(verb: string, values: Values, cwd: string): Promise<Opened> {
  const { namespace, queue: name = "default", store: storeUrl } = values;
  const consent = (url: string): void => {
    if (verb === "purge") requireConsent(url, values.yes === true, "deletes jobs in it");
  };
  if (storeUrl !== undefined) {
    consent(storeUrl);
    const store = await openStore(storeUrl);
    return { queue: createQueue(store, { name, namespace }), close: () => store.close() };
  }
  const project = await loadProject(values, cwd);
  const url = placedUrl(values, project);
  consent(url);
  const db = await connectProject(values, project, url, { isThere: true });
  return { queue: databaseQueue(db, { name }), close: () => db.close() };
}

/** `plinth queue` */
export async function queueCommand(
  argv: readonly string[],
  terminal: Terminal,
  cwd: string,
): Promise<void> {
  const { positionals, values } = parseArgs({ args: [...argv], options, allowPositionals: true });
  const [verb = "", ...ids] = positionals;
  if (values.help === true || positionals.length === 0) {
    terminal.stdout.write(help);
    return;
  }
  const run = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
  if (run === undefined || (ids.length > 0 && verb !== "retry" && verb !== "purge")) {
    throw new ConfigError(`There is no \`plinth queue ${positionals.join(" ")}\`.`, {
      hint: "Run `plinth queue --help` for what there is.",
    });
  }
  refuseUntaken(["plinth queue", verb], values, TAKEN_BY);
  const { close, queue } = await open(verb, values, cwd);
  try {
    await run({ queue, values, ids, terminal });
  } finally {
    await queue.close();
    await close();
  }
}
