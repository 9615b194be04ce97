/** Every rule: what it tells of, and the safe way. The guide has a row for each. */

export interface Rule {
  readonly what: string;
  readonly safe: string;
}

export type RuleId =
  | "DS101"
  | "DS102"
  | "DS103"
  | "DS104"
  | "DS105"
  | "DS106"
  | "DS107"
  | "BC101"
  | "BC102"
  | "BC103"
  | "BC105"
  | "CD101"
  | "CD102"
  | "MF101"
  | "MF102"
  | "MF103"
  | "MF104"
  | "MF105"
  | "MF106"
  | "PG101"
  | "PG102"
  | "PG103"
  | "PG201"
  | "PG202"
  | "PG203"
  | "PG205"
  | "PG206"
  | "PG207"
  | "PG208"
  | "PG209"
  | "PG211"
  | "PG213"
  | "MY101"
  | "MY102"
  | "MY103"
  | "MY105"
  | "MY107"
  | "MY108"
  | "MY109"
  | "LT101"
  | "LT102"
  | "LT103"
  | "LT104"
  | "LT105"
  | "GN101"
  | "GN102"
  | "GN104"
  | "GN105"
  | "GN106"
  | "GN107"
  | "GN108";

export const RULES: Readonly<Record<RuleId, Rule>> = {
  DS101: {
    what: "drops a schema or a database",
    safe: "Drop its tables one by one, once nobody reads them.",
  },
  DS102: {
    what: "drops a table with its rows",
    safe: "Rename it first, and drop it when nobody has missed it.",
  },
  DS103: {
    what: "drops a column with its values",
    safe: "Deploy programs that don't read it, then drop it.",
  },
  DS104: {
    what: "gives a column a narrower type",
    safe: "Add a column of the new type, fill it, and change over.",
  },
  DS105: { what: "removes a value of an enum", safe: "Move its rows to another value first." },
  DS106: {
    what: "creates a table over one that is there",
    safe: "Drop or rename the old one by itself.",
  },
  DS107: { what: "empties a table", safe: "Delete what is meant, by a condition." },
  BC101: {
    what: "renames a table that running programs know",
    safe: "Make a view with the old name for the time of the deployment.",
  },
  BC102: {
    what: "renames a column that running programs know",
    safe: "Add the new one, write both, fill it, then drop the old one.",
  },
  BC103: {
    what: "renames a value of an enum that running programs know",
    safe: "Add the new value, move the rows, then remove the old one.",
  },
  BC105: {
    what: "changes a default that running programs may count on",
    safe: "Deploy programs that give the value themselves first.",
  },
  CD101: {
    what: "drops a foreign key",
    safe: "Say in the migration what keeps the references whole instead.",
  },
  CD102: {
    what: "drops a check or a unique constraint",
    safe: "Add the new one before the old one goes.",
  },
  MF101: {
    what: "adds a unique constraint, which equal rows make fail",
    safe: "Look for equal rows first: group by the columns, having count(*) > 1.",
  },
  MF102: {
    what: "makes an index unique, which equal rows make fail",
    safe: "Look for equal rows first: group by the columns, having count(*) > 1.",
  },
  MF103: {
    what: "adds a column that must not be NULL, without a default",
    safe: "Add it with a default, or as NULL, fill it, and set NOT NULL then.",
  },
  MF104: {
    what: "sets NOT NULL, which rows with NULL make fail",
    safe: "Fill the NULLs first, in a migration of its own.",
  },
  MF105: {
    what: "adds a foreign key, which rows that point nowhere make fail",
    safe: "Look for such rows first, with a left join.",
  },
  MF106: {
    what: "adds a check, which rows that don't meet it make fail",
    safe: "Look for such rows first.",
  },
  PG101: {
    what: "builds an index while nobody can write",
    safe: "Write create index concurrently, with `-- plinth: no-transaction` at the file's head.",
  },
  PG102: {
    what: "drops an index while nobody can read or write",
    safe: "Write drop index concurrently, with `-- plinth: no-transaction` at the file's head.",
  },
  PG103: {
    what: "asks for concurrently inside a transaction, where it fails",
    safe: "Write `-- plinth: no-transaction` at the file's head.",
  },
  PG201: {
    what: "adds a column with a volatile default, which rewrites the table",
    safe: "Add it without, set the default then, and fill the rows in batches.",
  },
  PG202: {
    what: "changes a type, which may rewrite the table while nobody can use it",
    safe: "Add a column of the new type, fill it in batches, and change over.",
  },
  PG203: {
    what: "adds a stored generated column, which rewrites the table",
    safe: "Add a plain column, and keep it by a trigger.",
  },
  PG205: {
    what: "sets NOT NULL, which reads the whole table while nobody can use it",
    safe: "Add a check (… is not null) not valid, validate it, set NOT NULL, and drop the check.",
  },
  PG206: {
    what: "adds a foreign key and reads all rows meanwhile",
    safe: "Add it not valid, and validate it in the next migration.",
  },
  PG207: {
    what: "adds a check and reads all rows meanwhile",
    safe: "Add it not valid, and validate it in the next migration.",
  },
  PG208: {
    what: "validates a constraint in the transaction that added it",
    safe: "Validate it in a migration of its own.",
  },
  PG209: {
    what: "adds a unique constraint and builds its index meanwhile",
    safe: "Create a unique index concurrently, then add the constraint using index.",
  },
  PG211: { what: "keeps JSON as text, which can't be compared or indexed", safe: "Use jsonb." },
  PG213: {
    what: "may wait for a lock without an end, and everybody behind it",
    safe: "Write set lock_timeout = '5s' before it: outside a transaction Plinth doesn't.",
  },
  MY101: {
    what: "adds a column that must not be NULL, which gets an empty value that nobody gave",
    safe: "Give it a default.",
  },
  MY102: {
    what: "writes references behind a column, which the server reads and forgets",
    safe: "Write foreign key (…) references … as a line of its own.",
  },
  MY103: {
    what: "asks for a copy of the table, while nobody can write",
    safe: "Leave algorithm out, or ask for inplace or instant.",
  },
  MY105: {
    what: "adds a foreign key, and nobody can write meanwhile",
    safe: "Add it in quiet hours, or with foreign_key_checks = 0 once the rows are known to fit.",
  },
  MY107: {
    what: "sets NOT NULL, which makes values of NULLs where the mode isn't strict",
    safe: "Fill the NULLs first.",
  },
  MY108: {
    what: "has several statements that can't be undone together",
    safe: "One statement of DDL in each migration; `plinth migrate repair` mends the rest.",
  },
  MY109: {
    what: "says a column anew without a clause that it has",
    safe: "Write it into the column, on the way back too.",
  },
  LT101: {
    what: "makes a column NOT NULL without a default",
    safe: "Give it a default, or fill the NULLs first.",
  },
  LT102: {
    what: "needs the table to be made anew",
    safe: "Let `plinth migrate generate` write it, which keeps rows and references.",
  },
  LT103: {
    what: "sets a pragma inside a transaction, where it does nothing",
    safe: "Write `-- plinth: rebuild` at the file's head.",
  },
  LT104: {
    what: "drops and makes anew a table without keeping what hangs on it",
    safe: "Write `-- plinth: rebuild` at the file's head, so that foreign keys rest.",
  },
  LT105: {
    what: "makes a table anew without a part that it has",
    safe: "Write it into the new table, on the way back too.",
  },
  GN101: { what: "can't be looked into", safe: "Read it with care; it may do anything." },
  GN102: {
    what: "changes rows and tables in one migration, which holds locks for long",
    safe: "Change the rows in a migration of their own, in batches.",
  },
  GN104: {
    what: "has a way back that loses data, or none",
    safe: "Say in the review that it is meant.",
  },
  GN105: {
    what: "was edited after it had been applied",
    safe: "Restore it, and write a new migration.",
  },
  GN106: {
    what: "makes a table without a primary key",
    safe: "Give it one: rows without a key can't be named.",
  },
  GN107: {
    what: "adds a foreign key without an index",
    safe: "Create an index on its columns: deletes of the other table look there.",
  },
  GN108: { what: "makes an index that a unique or a key is already", safe: "Leave it out." },
};

export function isRuleId(id: string): id is RuleId {
  return Object.hasOwn(RULES, id);
}
