const MAX_LENGTH = 2_000;

/** What is kept of why something failed: a text that every database and store can hold. Never throws. */
export function errorText(error: unknown): string {
  let text: string;
  try {
    text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  } catch {
    text = "What was thrown has no text.";
  }
  return text.slice(0, MAX_LENGTH).replaceAll("\0", "").toWellFormed();
}
