import type { Guard } from "../host/guard.ts";
import type { Identity } from "../host/launch.ts";

/** Where one server lives; the folder is its own and belongs to its user. */
export interface Place {
  readonly directory: string;
  readonly logFile: string;
  readonly identity: Identity | undefined;
  readonly guard: Guard;
}
