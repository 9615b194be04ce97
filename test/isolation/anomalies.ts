/**
 * What concurrent transactions may do to one another, as Hermitage names it (github.com/ept/hermitage), each as statements
 * of transactions that take turns.
 */

export type Turn = readonly [transaction: 1 | 2 | 3, text: string];

/** What a transaction read, by its turns, and whether it was committed. */
export interface Outcome {
  readonly reads: readonly (readonly number[])[];
  readonly isCommitted: boolean;
}

export interface Anomaly {
  readonly name: string;
  /** What goes wrong, for people. */
  readonly what: string;
  readonly turns: readonly Turn[];
  /** Whether it went wrong. */
  happened(outcomes: readonly Outcome[], rows: readonly number[]): boolean;
}

const set = (id: number, value: number): string =>
  `update test set value = ${value} where id = ${id}`;
const read = (id: number): string => `select value from test where id = ${id}`;
const readAll = "select value from test where id in (1, 2) order by id";
const readThirds = "select value from test where value % 3 = 0 order by id";
const add = (id: number, value: number): string => `insert into test values (${id}, ${value})`;

const flat = (outcome: Outcome | undefined): number[] => (outcome?.reads ?? []).flat();
const areAllCommitted = (outcomes: readonly Outcome[]): boolean =>
  outcomes.every(({ isCommitted }) => isCommitted);

/** The table holds (1, 10) and (2, 20). */
export const anomalies: readonly Anomaly[] = [
  {
    name: "G0",
    what: "dirty write: the writes of two transactions are mixed",
    turns: [
      [1, set(1, 11)],
      [2, set(1, 12)],
      [1, set(2, 21)],
      [1, "commit"],
      [2, set(2, 22)],
      [2, "commit"],
    ],
    happened: (outcomes, [first, second]) =>
      areAllCommitted(outcomes) && (first === 11) !== (second === 21),
  },
  {
    name: "G1a",
    what: "aborted read: a value is read that is rolled back",
    turns: [
      [1, set(1, 101)],
      [2, read(1)],
      [1, "rollback"],
      [2, read(1)],
      [2, "commit"],
    ],
    happened: ([, second]) => flat(second).includes(101),
  },
  {
    name: "G1b",
    what: "intermediate read: a value is read that is no transaction's last",
    turns: [
      [1, set(1, 101)],
      [2, read(1)],
      [1, set(1, 11)],
      [1, "commit"],
      [2, read(1)],
      [2, "commit"],
    ],
    happened: ([, second]) => flat(second).includes(101),
  },
  {
    name: "G1c",
    what: "circular information flow: two transactions read what the other one writes",
    turns: [
      [1, set(1, 11)],
      [2, set(2, 22)],
      [1, read(2)],
      [2, read(1)],
      [1, "commit"],
      [2, "commit"],
    ],
    happened: ([first, second]) => flat(first).includes(22) && flat(second).includes(11),
  },
  {
    name: "OTV",
    what: "observed transaction vanishes: of a transaction one write is seen, and then another one isn't",
    turns: [
      [1, set(1, 11)],
      [1, set(2, 19)],
      [2, set(1, 12)],
      [1, "commit"],
      [3, read(1)],
      [3, read(2)],
      [2, set(2, 18)],
      [2, "commit"],
      [3, "commit"],
    ],
    happened: ([, , third]) => flat(third)[0] === 12 && flat(third)[1] === 19,
  },
  {
    name: "PMP",
    what: "phantom: a condition that is read again meets rows of another transaction",
    turns: [
      [1, "select value from test where value = 30"],
      [2, add(3, 30)],
      [2, "commit"],
      [1, readThirds],
      [1, "commit"],
    ],
    happened: ([first]) => flat(first).includes(30),
  },
  {
    name: "P4",
    what: "lost update: of two that read, add one and write, one is lost",
    turns: [
      [1, read(1)],
      [2, read(1)],
      [1, set(1, 11)],
      [2, set(1, 11)],
      [1, "commit"],
      [2, "commit"],
    ],
    happened: (outcomes) =>
      areAllCommitted(outcomes) && outcomes.every((outcome) => flat(outcome)[0] === 10),
  },
  {
    name: "G-single",
    what: "read skew: two rows are read from before and after another transaction",
    turns: [
      [1, read(1)],
      [2, set(1, 12)],
      [2, set(2, 18)],
      [2, "commit"],
      [1, read(2)],
      [1, "commit"],
    ],
    happened: ([first]) => flat(first)[0] === 10 && flat(first)[1] === 18,
  },
  {
    name: "G2-item",
    what: "write skew: two read both rows, and each writes one of them",
    turns: [
      [1, readAll],
      [2, readAll],
      [1, set(1, 11)],
      [2, set(2, 21)],
      [1, "commit"],
      [2, "commit"],
    ],
    happened: (outcomes) =>
      areAllCommitted(outcomes) &&
      outcomes.every((outcome) => flat(outcome).join() === [10, 20].join()),
  },
  {
    name: "G2",
    what: "write skew on a condition: two read that there is no such row, and each adds one",
    turns: [
      [1, readThirds],
      [2, readThirds],
      [1, add(3, 30)],
      [2, add(4, 42)],
      [1, "commit"],
      [2, "commit"],
    ],
    happened: (outcomes) =>
      areAllCommitted(outcomes) && outcomes.every((outcome) => flat(outcome).length === 0),
  },
];
