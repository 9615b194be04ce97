import { expect, test } from "vitest";

import { UsageError, wantedBy, type Wanted } from "../../bench/run/wanted.ts";

const wanted = (line: string): Wanted => wantedBy(line.split(" "))!;

test("all is the three databases and the cold start, and types when it is written", () => {
  expect(wanted("all")).toEqual({
    databases: ["sqlite", "postgres", "mariadb"],
    kinds: ["operations"],
    hasColdStarts: true,
    hasTypes: false,
    hasQueues: false,
    only: undefined,
    skip: [],
    operations: undefined,
    rounds: 5,
    peersRounds: 2,
    inFlight: 32,
    isQuick: false,
    isVerifying: false,
    isWriting: false,
  } satisfies Wanted);
  const written = wanted("all --write");
  expect(written).toMatchObject({
    kinds: ["operations", "shapes"],
    hasTypes: true,
    isWriting: true,
  });
});

test("work that is no database is asked for by itself", () => {
  expect(wanted("cold")).toMatchObject({ databases: [], hasColdStarts: true, hasTypes: false });
  expect(wanted("types")).toMatchObject({ databases: [], hasColdStarts: false, hasTypes: true });
  expect(wanted("sqlite queue")).toMatchObject({ databases: ["sqlite"], hasQueues: true });
});

test("naming a piece of work asks for its kind, and for no more", () => {
  expect(wanted("sqlite --ops trees,rows")).toMatchObject({
    kinds: ["shapes"],
    operations: ["trees", "rows"],
  });
  expect(wanted("all --ops tree,trees").kinds).toEqual(["operations", "shapes"]);
  expect(wanted("all --ops bulk")).toMatchObject({ kinds: ["operations"], hasColdStarts: false });
  expect(wanted("all --shapes")).toMatchObject({ kinds: ["shapes"], hasColdStarts: false });
});

test("a verification is of all, and measures nothing", () => {
  expect(wanted("all cold types queue --verify --write")).toMatchObject({
    kinds: ["operations", "shapes"],
    hasColdStarts: false,
    hasTypes: false,
    hasQueues: false,
    isVerifying: true,
    isWriting: false,
  });
});

test("peers run in no more rounds than there are", () => {
  expect(wanted("sqlite --quick")).toMatchObject({ rounds: 2, peersRounds: 2 });
  expect(wanted("sqlite --rounds 1")).toMatchObject({ rounds: 1, peersRounds: 1 });
  expect(wanted("sqlite --rounds 4 --peers-rounds 3")).toMatchObject({ rounds: 4, peersRounds: 3 });
});

test("what there isn't is refused", () => {
  expect(wantedBy(["--help"])).toBeUndefined();
  for (const line of [
    "oracle",
    "sqlite --ops wrong",
    "sqlite --shapes --ops byKey",
    "sqlite --rounds 0",
  ])
    expect(() => wanted(line), line).toThrow(UsageError);
  expect(() => wantedBy([])).toThrow("Which database?");
  expect(() => wanted("sqlite --fast")).toThrow("--fast");
});
