import { ConnectionError, DbError, TimeoutError } from "../../../core/error.ts";
import { isDriverError, isLostError, type DriverError } from "../errors.ts";

/** Where a connection goes; all that a message about it may say. */
export interface Place {
  readonly host: string;
  readonly port: number;
  /** The path of a Unix socket, which is used instead of host and port. */
  readonly socket: string | undefined;
  readonly database: string;
  readonly user: string | undefined;
}

function refused(where: string, cause: unknown, hint: string): ConnectionError {
  return new ConnectionError("E_CONNECTION_REFUSED", `The server can't be reached at ${where}.`, {
    hint,
    cause,
  });
}

const TLS_HINT =
  "sslrootcert=… names the file of the authority that signed the server's certificate; sslmode=require encrypts " +
  "without verifying, and sslmode=disable doesn't encrypt.";

/** Node's own codes for certificates and handshakes. Source: Node's manual, "TLS: X509 certificate error codes". */
const TLS_CODE =
  /^(?:ERR_(?:TLS|SSL|OSSL)|CERT_|CRL_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO)/;

function fromServer(error: DriverError, place: Place, where: string): DbError | undefined {
  const name = place.user === undefined ? "" : ` "${place.user}"`;
  switch (error.errno) {
    case 1045:
    case 1698:
      return new ConnectionError(
        "E_WRONG_PASSWORD",
        `The server doesn't let user${name} in (${where}): the user is unknown, or the password is wrong.`,
        {
          hint: "Check user and password of the URL; special characters are percent-encoded.",
          cause: error,
        },
      );
    case 1044:
      return new ConnectionError(
        "E_WRONG_PASSWORD",
        `User${name} may not use the database "${place.database}" (${where}).`,
        { hint: "Grant it: grant all on <database>.* to <user>.", cause: error },
      );
    case 1049:
      return new ConnectionError(
        "E_MISSING_DATABASE",
        `There is no database "${place.database}" (${where}).`,
        {
          hint: "Run `plinth migrate up --create-database`, or connect with { createDatabase: true }.",
          cause: error,
        },
      );
    case 1040:
    case 1203:
    case 1226:
      return new ConnectionError(
        "E_CONNECTION_REFUSED",
        `The server has no connection left (${where}).`,
        {
          hint: "Lower max_connections in the URL, or raise max_connections of the server.",
          cause: error,
        },
      );
    case 45044:
      return new ConnectionError(
        "E_TLS",
        `The server asks for the password in a way that needs TLS (${where}).`,
        { hint: "Use sslmode=verify-full, verify-ca or require.", cause: error },
      );
    default:
      return undefined;
  }
}

function fromSocket(code: string, place: Place, where: string, cause: Error): DbError | undefined {
  switch (code) {
    case "ECONNREFUSED":
    case "ENOENT":
      return refused(
        where,
        cause,
        "Nothing listens there: is the server running, and the port or socket right?",
      );
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return refused(where, cause, `The name ${place.host} is not known to the network.`);
    case "EACCES":
    case "EHOSTUNREACH":
    case "ENETUNREACH":
    case "EADDRNOTAVAIL":
    case "ETIMEDOUT":
      return refused(where, cause, "The network or a firewall is in between.");
    default:
      return undefined;
  }
}

function whereOf({ host, port, socket }: Place): string {
  return socket ?? `${host}:${port}`;
}

export function connectTimeout(place: Place, timeoutMs: number, cause?: Error): TimeoutError {
  return new TimeoutError(
    "E_CONNECT_TIMEOUT",
    `No connection to ${whereOf(place)} within ${timeoutMs} ms.`,
    {
      hint: "Check host, port and firewall, or raise connect_timeout in the URL.",
      cause,
    },
  );
}

/** Our error for a connection that could not be made. */
export function toConnectError(error: unknown, place: Place, timeoutMs: number): unknown {
  if (!(error instanceof Error) || error instanceof DbError) return error;
  const where = whereOf(place);
  const code = String(Reflect.get(error, "code"));
  if (code === "ER_CONNECTION_TIMEOUT") return connectTimeout(place, timeoutMs, error);
  const known =
    (isDriverError(error) ? fromServer(error, place, where) : undefined) ??
    fromSocket(code, place, where, error);
  if (known !== undefined) return known;
  // A certificate's error stands behind the driver's.
  const inner = error.cause instanceof Error ? String(Reflect.get(error.cause, "code")) : "";
  if (code === "ER_SERVER_SSL_DISABLED") {
    return new ConnectionError("E_TLS", `The server speaks no TLS (${where}).`, {
      hint: TLS_HINT,
      cause: error,
    });
  }
  if (TLS_CODE.test(code) || TLS_CODE.test(inner) || /SELF_SIGNED|TLS_IDENTITY/.test(code)) {
    return new ConnectionError("E_TLS", `The server's certificate is not accepted (${where}).`, {
      hint: TLS_HINT,
      cause: error,
    });
  }
  if (isDriverError(error) && isLostError(error))
    return refused(where, error, "The connection was cut before it was made.");
  return refused(where, error, "The cause below has the server's code.");
}
