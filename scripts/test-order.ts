import { BaseSequencer, type TestSpecification } from "vitest/node";

/** What takes longest, and isn't known by the size of its file. */
const LONG = [
  "test/docs/",
  "test/conformance/",
  "test/services/queue/database",
  "test/cli/squash",
  "test/cli/check.test",
  "test/services/cluster",
  "test/services/queue/store",
  "test/databases/mysql/mysql.test",
  "test/outbox/",
  "test/package/",
  "test/gates/",
  "test/entities/",
  "test/cli/",
  "test/faults/",
  "test/migrate/",
];

/** Runs longest first what takes longest, so that at the end no worker waits for another one's file. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // By what they took the last time, where that is known, else by their size.
    const sorted = await super.sort(files);
    if (files.some((file) => this.ctx.cache.getTestSpecificationResult(file) !== undefined))
      return sorted;
    const rankOf = ({ moduleId }: TestSpecification): number => {
      const rank = LONG.findIndex((part) => moduleId.includes(`/${part}`));
      return rank === -1 ? LONG.length : rank;
    };
    return sorted.toSorted((one, other) => rankOf(one) - rankOf(other));
  }
}
