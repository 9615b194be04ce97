/** The suite that every database passes, for authors of databases outside the package. */
export { conformance } from "../testing/conformance/conformance.ts";
export type {
  ConformanceOptions,
  Expect,
  Matchers,
  PrivateDatabase,
  Untold,
} from "../testing/conformance/kit.ts";
