import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { findProgram } from "./launch.ts";

export function canInstall(): boolean {
  return (
    process.getuid?.() === 0 &&
    existsSync("/etc/debian_version") &&
    findProgram("apt-get") !== undefined
  );
}

/**
 * Installs Debian packages without a question and without what they only recommend. The caller
 * names packages that hold no service, so nothing starts on a default port.
 *
 * @throws {Error} that says what apt-get said.
 */
export async function install(packages: readonly string[]): Promise<void> {
  // An old list names versions that the mirror has since dropped. Without a network this fails,
  // and the installation below may still succeed from what is in apt's cache.
  await aptGet(["update", "-q"]);
  const args = ["install", "-y", "-q", "--no-install-recommends", ...packages];
  const { exitCode, output } = await aptGet(args);
  if (exitCode === 0) return;
  throw new Error(
    `\`apt-get ${args.join(" ")}\` failed: ` + output.trimEnd().split("\n").slice(-5).join("\n"),
  );
}

async function aptGet(
  args: readonly string[],
): Promise<{ readonly exitCode: number | null; readonly output: string }> {
  for (let attempt = 1; ; attempt++) {
    const result = await runAptGet(args);
    // Another installation is under way. apt waits for the package database by itself
    // (DPkg::Lock::Timeout) but not for the folder of lists.
    const locked =
      result.exitCode !== 0 && /could not get lock|unable to lock/i.test(result.output);
    if (!locked || attempt === 60) return result;
    await sleep(2_000);
  }
}

function runAptGet(
  args: readonly string[],
): Promise<{ readonly exitCode: number | null; readonly output: string }> {
  return new Promise((resolve) => {
    const child = spawn("apt-get", ["-o", "DPkg::Lock::Timeout=120", ...args], {
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C.UTF-8" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    child.stdout.on("data", (bytes: Buffer) => (output += bytes.toString()));
    child.stderr.on("data", (bytes: Buffer) => (output += bytes.toString()));
    child.on("error", (error) => resolve({ exitCode: null, output: error.message }));
    child.on("close", (exitCode) => resolve({ exitCode, output }));
  });
}
