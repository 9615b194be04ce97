/** A process of its own for each measurement. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const limitMs = 300_000;

/**
 * @param resultMark What the line with the result begins with.
 * @returns The result, or, as text, what the process said when it ended without one.
 */
export async function runInChild<Result extends object>(
  file: URL,
  order: unknown,
  resultMark: string,
): Promise<Result | string> {
  const child = spawn(
    process.execPath,
    ["--expose-gc", "--no-warnings", fileURLToPath(file), JSON.stringify(order)],
    {
      stdio: ["ignore", "pipe", "pipe"],
      // Libraries look out for mistakes while a program is made, and what is measured is one in use.
      env: { ...process.env, NODE_ENV: "production" },
    },
  );
  let output = "";
  let complaint = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (complaint += chunk));
  const timer = setTimeout(() => child.kill("SIGKILL"), limitMs);
  await new Promise((resolve) => child.once("close", resolve));
  clearTimeout(timer);
  const line = output.split("\n").find((text) => text.startsWith(resultMark));
  if (line === undefined) return (complaint || output).slice(-2000) || "It said nothing.";
  return JSON.parse(line.slice(resultMark.length)) as Result;
}

/** One line that rewrites itself; nothing where no person looks. */
export function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}

export function complain(text: string): void {
  progress("");
  process.stderr.write(`${text}\n`);
}
