// Runs the programs that it is given, one after the other, and prints what each printed and threw, as JSON.
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";

const write = process.stdout.write.bind(process.stdout);
const outcomes = [];
for (const file of process.argv.slice(2)) {
  let out = "";
  process.stdout.write = (/** @type {string | Uint8Array} */ chunk) => {
    out += typeof chunk === "string" ? chunk : Buffer.from(chunk).toString();
    return true;
  };
  process.chdir(dirname(file));
  let error = null;
  try {
    await import(pathToFileURL(file).href);
  } catch (thrown) {
    error = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  }
  outcomes.push({ out, error });
}
process.stdout.write = write;
// A connection that a program left open would keep the process.
write(JSON.stringify(outcomes), () => process.exit(0));
