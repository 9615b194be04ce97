/** Who stands on which floor; docs/internals/house.md says why. A folder may lean on those below it. */
export const floors: Readonly<Record<string, number>> = {
  core: 1,
  ast: 2,
  services: 2,
  schema: 3,
  dialect: 4,
  connect: 5,
  databases: 5,
  migrate: 6,
  query: 6,
  files: 7,
  outbox: 7,
  tools: 7,
  testing: 8,
  cli: 9,
  entry: 9,
};

/** Packages that a user installs, or does without. */
export const optionalPackages: readonly string[] = [
  "@babel/parser",
  "@electric-sql/pglite",
  "mariadb",
  "mysql2",
  "pg",
  "redis",
];

/** Packages that are built into what is shipped. */
export const bundledPackages: readonly string[] = ["@dagrejs/dagre", "croner"];
