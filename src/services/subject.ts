/** Whom something is about: a user's id, an address, whatever a request brings. */

/** Ids and addresses are shorter: what is longer is somebody's attempt to fill the store. */
const MAX_LENGTH = 200;

/** The subject as a part of a key; what is long, or no Unicode, by its hash, so that it neither fails nor fills the store. */
export function subjectPart(subject: string): string {
  if (subject.length <= MAX_LENGTH && subject.isWellFormed()) return subject;
  // Loaded for it only: a program that starts doesn't wait for it.
  const { hash } = process.getBuiltinModule("node:crypto");
  return `sha256-${hash("sha256", subject, "hex")}`;
}
