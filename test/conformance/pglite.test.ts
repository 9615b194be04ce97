import { connect } from "plinth";
import { conformance } from "plinth/testing";
import { afterAll, describe, expect, test } from "vitest";
import { closeKept, keptPglite } from "./kept-pglite.ts";

describe("pglite", () => {
  afterAll(closeKept);
  conformance({
    test,
    describe,
    expect,
    after: afterAll,
    connect: (url, options) => connect(url, { ...options, driver: keptPglite }),
    open: async () => ({ url: "pglite:", drop: async () => {} }),
    // As on every PostgreSQL: its declaration alone would tell them.
    untold: ["foreign key of a parent: columns"],
  });
});
