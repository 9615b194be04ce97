/** Tells the starter that the first row is there, and how much memory it took. */
export function answer(row) {
  if (row?.id !== 77) throw new Error("The wrong row was read.");
  process.stdout.write(`${process.memoryUsage.rss()}`, () => process.exit(0));
}
