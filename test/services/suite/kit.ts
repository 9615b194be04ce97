import type { Store } from "plinth/services";

/** A kind of store that the suite runs on. */
export interface StoreKind {
  readonly name: string;
  /** Whether several processes, and so several handles, see the same data. */
  readonly isShared: boolean;
  /** A handle on data of its own, which is empty; handles of one place share what they keep. */
  open(place: string, options?: { readonly prefix?: string }): Promise<Store>;
}
