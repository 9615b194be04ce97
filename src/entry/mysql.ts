/** MySQL and MariaDB by themselves, for programs that open or render for them without a URL. */
export { mysqlDialect, openMysql } from "../databases/mysql/dialect.ts";
