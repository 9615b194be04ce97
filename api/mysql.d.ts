// The public face of plinth/mysql: what it exports, and what those mention.
// Written by `npm run api`; read the change of it in a review.

// databases/mysql/dialect

export function mysqlDialect(server: ServerInfo): Dialect;

export const openMysql: OpenDatabase;
