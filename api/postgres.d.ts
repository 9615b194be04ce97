// The public face of plinth/postgres: what it exports, and what those mention.
// Written by `npm run api`; read the change of it in a review.

// databases/postgres/dialect

export const openPostgres: OpenDatabase;

export function postgresDialect(server: ServerInfo, folding?: string): Dialect;
