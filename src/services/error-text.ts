const MAX_LENGTH = 2_000;

/** What is kept of why something failed: a text that every database and store can hold. Never throws. */
export function errorText(error: unknown): string {
  let text = "";
  try {
    text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  } catch {
    // An object without a prototype, or whose own code throws.
  }
  return (text || "What was thrown has no text.")
    .slice(0, MAX_LENGTH)
    .replaceAll("\0", "")
    .toWellFormed();
}
