import { serverNames, urlVariables } from "./names.ts";
import type { Servers } from "./names.ts";
import { startServers, type StartedServers, type StartOptions } from "./start.ts";
import { defaultStateFile, readState } from "./state.ts";

export interface EnsureOptions extends StartOptions {
  readonly stateFile?: string;
}

/**
 * The servers for a run of tests or of the benchmark: those whose URL is in the environment, then
 * those that `npm run servers` keeps up, then private instances that end with `stop`.
 */
export async function ensureServers(options: EnsureOptions = {}): Promise<StartedServers> {
  const names = options.only ?? serverNames;
  const running = await readState(options.stateFile ?? defaultStateFile);
  const reused: Servers = {};
  for (const name of names) {
    const server = running?.servers[name];
    if (server !== undefined && !process.env[urlVariables[name]]) reused[name] = server;
  }
  const rest = names.filter((name) => reused[name] === undefined);
  const started = await startServers({ ...options, only: rest });
  return { ...started, servers: { ...reused, ...started.servers } };
}
