// The command line from the sources, for tests whose projects import `plinth`.
import { main } from "../../src/cli/main.ts";

process.exitCode = await main(process.argv.slice(2), process);
