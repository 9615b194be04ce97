/** Whom something is about: a user's id, an address, whatever a request brings. */

import { hash } from "node:crypto";

/** Ids and addresses are shorter: what is longer is somebody's attempt to fill the store. */
const MAX_LENGTH = 200;

/** The subject as a part of a key; a long one by its hash, so that it neither fails nor fills the store. */
export function subjectPart(subject: string): string {
  return subject.length <= MAX_LENGTH ? subject : `sha256-${hash("sha256", subject, "hex")}`;
}
