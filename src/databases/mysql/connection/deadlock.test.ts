import { expect, test } from "vitest";
import { statementsOfDeadlock } from "./deadlock.ts";

const report = (first: string, second: string): string => `
------------------------
LATEST DETECTED DEADLOCK
------------------------
2026-11-21 04:47:33 0x7f986c3eb6c0
*** (1) TRANSACTION:
TRANSACTION 2582554, ACTIVE 0 sec starting index read
MariaDB thread id 71, OS thread handle 140, query id 41 127.0.0.1 root Updating
${first}
*** WAITING FOR THIS LOCK TO BE GRANTED:
RECORD LOCKS space id 42544 page no 3 n bits 560 index PRIMARY of table "app"."note" trx id 2
 3: len 12; hex 63616e617279277320227822; asc canary's "x";;

*** (2) TRANSACTION:
TRANSACTION 2582545, ACTIVE 0 sec starting index read
MySQL thread id 72, OS thread handle 131, query id 40 127.0.0.1 root updating
${second}

*** (2) HOLDS THE LOCK(S):
RECORD LOCKS space id 42544 page no 3
*** WE ROLL BACK TRANSACTION (1)
------------
TRANSACTIONS
`;

test("both statements of a deadlock are read, without their literals", () => {
  const told = statementsOfDeadlock(
    report(
      "update `note 1` set a1 = 'canary ''q'' \\' x', b = \"canary\" where id = 12.5e-3 -- canary",
      "update t2 set h = x'c0ffee', n = -17 /* canary */\n where k in (1, 0xcafe) and `it's` = ?",
    ),
    72,
  );
  expect(told).toEqual([
    "update `note 1` set a1 = ?, b = ? where id = ?",
    "update t2 set h = x?, n = -? where k in (?, ?) and `it's` = ?",
  ]);
});

test("a statement that the server cut off tells nothing of the text that it was cut in", () => {
  const cut = "update t set a = 'canary";
  expect(statementsOfDeadlock(report(cut, "update t set b = 1"), 71)[0]).toBe("update t set a = ?");
});

test("a deadlock of others is not told", () => {
  expect(statementsOfDeadlock(report("update t set a = 1", "update t set b = 1"), 73)).toEqual([]);
  expect(statementsOfDeadlock("no deadlock", 71)).toEqual([]);
});
