// The public face of plinth/sqlite: what it exports, and what those mention.
// Written by `npm run api`; read the change of it in a review.

// databases/sqlite/dialect

export const openSqlite: OpenDatabase;

// databases/sqlite/whole-dialect

export function sqliteDialect(server: ServerInfo): Dialect;
