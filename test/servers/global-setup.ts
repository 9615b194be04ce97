import { ensureServers } from "./ensure.ts";
import { environmentOf, isServerName, titles } from "./names.ts";

/**
 * vitest runs this once, in the process whose environment its workers inherit.
 *
 * `PLINTH_TEST_SERVERS=none` starts nothing, for runs of tests that need no server; a test that
 * needs one then fails and says so.
 *
 * @throws under `CI=true`, when a server could not be had.
 */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  const wish = process.env.PLINTH_TEST_SERVERS;
  if (wish === "none") return undefined;
  if (wish !== undefined && wish !== "") {
    throw new Error(`PLINTH_TEST_SERVERS is "${wish}". Set it to "none", or unset it.`);
  }

  const { servers, problems, stop } = await ensureServers({ report: say });
  const sentences = Object.entries(problems).map(
    ([name, problem]) => `${isServerName(name) ? titles[name] : name}: ${problem}`,
  );
  if (sentences.length > 0 && process.env.CI === "true") {
    await stop();
    throw new Error(["Under CI=true every server has to be there.", ...sentences].join("\n"));
  }
  for (const sentence of sentences) say(`Not run: all that needs ${sentence}`);

  const added = {
    ...environmentOf(servers),
    PLINTH_TEST_ABSENT: Object.keys(problems).join(","),
  };
  const before = Object.keys(added).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, added);

  return async () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    await stop();
  };
}

function say(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
}
