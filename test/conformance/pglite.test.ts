import { connect } from "plinth";
import { conformance } from "plinth/testing";
import { afterAll, describe, expect, test } from "vitest";

describe("pglite", () => {
  conformance({
    test,
    describe,
    expect,
    after: afterAll,
    connect,
    open: async () => ({ url: "pglite:", drop: async () => {} }),
    // As on every PostgreSQL: its declaration alone would tell them.
    untold: ["foreign key of a parent: columns"],
  });
});
