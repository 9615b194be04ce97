/** Whether every database and store can keep it: PostgreSQL keeps no NUL, and nothing keeps half of a surrogate pair. */
export function isText(value: unknown, maxLength: number): value is string {
  if (typeof value !== "string" || value === "" || value.length > maxLength) return false;
  return value.isWellFormed() && !value.includes("\0");
}
