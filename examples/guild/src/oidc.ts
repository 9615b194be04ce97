// Signing in by another house (OpenID Connect): what has to come back unchanged is kept as `oidc:state:{uuid}`.
import { createOneTime, type OneTime, type Store } from "plinth/services";
import { createHash, randomBytes } from "node:crypto";
import { Refusal } from "./refusal.ts";

const TEN_MINUTES_MS = 10 * 60_000;

/** What is remembered of a sign-in under way. */
export interface OidcState {
  readonly provider: string;
  /** Where to go when it is done: a path of this site. */
  readonly returnTo: string;
  /** Has to stand in the provider's token. */
  readonly nonce: string;
  /** Goes to the provider with the code, whose challenge it has seen (PKCE). */
  readonly verifier: string;
}

export type OidcStates = OneTime<OidcState>;

export function createOidcStates(store: Store): OidcStates {
  return createOneTime(store, { namespace: "oidc:state", ttlMs: TEN_MINUTES_MS });
}

/** @returns What the provider's page is opened with. */
export async function beginSignIn(
  states: OidcStates,
  { provider, returnTo }: Pick<OidcState, "provider" | "returnTo">,
): Promise<{ readonly state: string; readonly nonce: string; readonly codeChallenge: string }> {
  if (!/^\/(?![/\\])/.test(returnTo)) throw new Refusal("That leads elsewhere.");
  const nonce = randomBytes(16).toString("base64url");
  const verifier = randomBytes(32).toString("base64url");
  const codeChallenge = createHash("sha256").update(verifier).digest("base64url");
  return {
    state: await states.issue({ provider, returnTo, nonce, verifier }),
    nonce,
    codeChallenge,
  };
}

/**
 * Takes the state that the provider sent back. Of any number that come with the same one, one goes on.
 *
 * @throws {Refusal} for one that was used, is older than ten minutes, or never was.
 */
export async function finishSignIn(states: OidcStates, state: string): Promise<OidcState> {
  const begun = await states.consume(state);
  if (begun === undefined) throw new Refusal("This sign-in is over. Please begin anew.");
  return begun;
}
