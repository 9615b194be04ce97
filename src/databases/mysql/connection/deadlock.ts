/** What the server tells of the last deadlock: the statements that waited for one another. */

/** Texts, names, comments and numbers; one that was cut off ends with the text. */
const TOKEN =
  /'(?:[^'\\]|\\[^]|'')*(?:'|\\?$)|"(?:[^"\\]|\\[^]|"")*(?:"|\\?$)|`(?:[^`]|``)*(?:`|$)|\/\*[^]*?(?:\*\/|$)|(?:--\s|#)[^\n]*|\b\d(?:[\w.]|(?<=e)[+-])*/gi;

/** Names stay; what may be data doesn't. Text in double quotes is data in sessions of others. */
function masked(statement: string): string {
  return statement
    .replace(TOKEN, (token) => {
      if (token.startsWith("`")) return token;
      return /^(?:\/\*|--|#)/.test(token) ? " " : "?";
    })
    .replaceAll(/\s+/g, " ")
    .trim();
}

/**
 * @param report `show engine innodb status`. Source: MySQL 8.4 manual, "InnoDB Standard Monitor and Lock Monitor Output".
 * @param threadId Of the connection that was met; a later deadlock of others is none of its business.
 * @returns The statements without literals; none where the report is of another deadlock.
 */
export function statementsOfDeadlock(report: string, threadId: number): readonly string[] {
  const [, section = ""] =
    /LATEST DETECTED DEADLOCK\n([^]*?)\n\*\*\* WE ROLL BACK/.exec(report) ?? [];
  const found = section
    .split(/^\*\*\* \(\d+\) TRANSACTION:$/m)
    .map((part) => /\bthread id (\d+), [^\n]*\n([^]*?)\n\*\*\* /.exec(part))
    .filter((match) => match !== null);
  if (!found.some(([, id]) => Number(id) === threadId)) return [];
  return found.map(([, , statement]) => masked(statement!)).filter((text) => text !== "");
}
