import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Server, ServerName } from "../names.ts";
import type { Place } from "../products/place.ts";
import { run } from "./launch.ts";

const file = fileURLToPath(new URL("../compose.yaml", import.meta.url));

const inside: Readonly<Record<ServerName, { readonly port: number; readonly url: string }>> = {
  postgres18: { port: 5432, url: "postgres://postgres@ADDRESS/postgres" },
  postgres15: { port: 5432, url: "postgres://postgres@ADDRESS/postgres" },
  mariadb: { port: 3306, url: "mariadb://root@ADDRESS/plinth" },
  redis: { port: 6379, url: "redis://ADDRESS" },
};

/** @returns Why Compose cannot be used here, or `undefined` when it can. */
export async function whyNoCompose(): Promise<string | undefined> {
  try {
    await docker(["compose", "version"], 5_000);
  } catch {
    return "there is no Docker Compose";
  }
  try {
    await docker(["info"], 5_000);
  } catch {
    return "no Docker engine answers";
  }
  return undefined;
}

export async function startInCompose(
  name: ServerName,
  projectPrefix: string,
  place: Place,
): Promise<Server> {
  const project = `${projectPrefix}-${name}`;
  const compose = ["compose", "-p", project, "-f", file];
  place.guard.add({ kind: "compose", project, file });
  const args = [...compose, "up", "--detach", "--wait", name];
  // As ourselves: `nobody` may not speak to the engine. The time is for the download.
  await run(
    { ...place, file: "docker", args, identity: undefined, signal: "SIGKILL" },
    10 * 60_000,
  );
  const address = await docker([...compose, "port", name, String(inside[name].port)], 10_000);
  return { url: inside[name].url.replace("ADDRESS", address.trim()), from: "Docker Compose" };
}

async function docker(args: readonly string[], timeoutMs: number): Promise<string> {
  const { stdout } = await promisify(execFile)("docker", args, { timeout: timeoutMs });
  return stdout;
}
