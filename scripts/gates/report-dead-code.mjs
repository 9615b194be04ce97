// A reporter for knip: its own print nothing about how much was read.

/** @param {import("knip").ReporterOptions} options */
export default function report({ counters, issues }) {
  const found = Object.entries(issues).flatMap(([type, byFile]) =>
    Object.values(byFile).flatMap((bySymbol) =>
      Object.values(bySymbol).map(({ filePath, line, symbol }) => ({
        type,
        filePath,
        line,
        symbol,
      })),
    ),
  );
  process.stdout.write(JSON.stringify({ read: counters.processed, found }));
}
