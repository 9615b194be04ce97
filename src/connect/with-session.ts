import { Session } from "./session.ts";
import type { Connected } from "./source.ts";

/** Works on one connection, which goes when the work fails: it may have left settings behind. An embedded one stays. */
export async function withSession<Result>(
  db: Connected,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  const session = await Session.open(db["~engine"]);
  let isBroken = true;
  try {
    const result = await work(session);
    isBroken = false;
    return result;
  } finally {
    session.release(isBroken && !session.dialect.can.isEmbedded);
  }
}
