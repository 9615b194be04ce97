import { ConnectionError, DbError, TimeoutError } from "../../../core/error.ts";
import { isServerError } from "../errors.ts";

/** Where a connection goes; all that a message about it may say. */
export interface Place {
  /** A name, an address, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string | undefined;
  readonly user: string | undefined;
}

function refused(where: string, cause: unknown, hint: string): ConnectionError {
  return new ConnectionError("E_CONNECTION_REFUSED", `PostgreSQL can't be reached at ${where}.`, {
    hint,
    cause,
  });
}

const TLS_HINT =
  "sslrootcert=… names the file of the authority that signed the server's certificate; sslmode=require encrypts " +
  "without verifying, and sslmode=disable doesn't encrypt.";

function tlsError(where: string, message: string, cause: unknown): ConnectionError {
  return new ConnectionError("E_TLS", `${message} (${where}).`, { hint: TLS_HINT, cause });
}

/** Node's own codes for certificates and handshakes. Source: Node's manual, "TLS: X509 certificate error codes". */
const TLS_CODE =
  /^(?:ERR_(?:TLS|SSL|OSSL)|CERT_|CRL_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO)/;

function fromServer(code: string, place: Place, where: string, cause: Error): DbError | undefined {
  const name = place.user === undefined ? "" : ` "${place.user}"`;
  switch (code) {
    case "28P01":
      return new ConnectionError(
        "E_WRONG_PASSWORD",
        `The password of user${name} is wrong (${where}).`,
        {
          hint: "Check user and password of the URL; special characters are percent-encoded.",
          cause,
        },
      );
    case "28000":
      return new ConnectionError(
        "E_WRONG_PASSWORD",
        `PostgreSQL doesn't let user${name} in (${where}).`,
        { hint: "The role may be missing, or pg_hba.conf has no line for it.", cause },
      );
    case "3D000": {
      const database = place.database ?? place.user ?? "";
      return new ConnectionError(
        "E_MISSING_DATABASE",
        `There is no database "${database}" (${where}).`,
        {
          hint: "Run `plinth migrate up --create-database`, or connect with { createDatabase: true }.",
          cause,
        },
      );
    }
    case "53300":
      return new ConnectionError(
        "E_CONNECTION_REFUSED",
        `PostgreSQL has no connection left (${where}).`,
        {
          hint: "Lower max_connections in the URL, or raise max_connections of the server.",
          cause,
        },
      );
    case "57P03":
      return refused(where, cause, "The server is starting up or shutting down; try again soon.");
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
        "Nothing listens there: is the server running, and the port right?",
      );
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return refused(where, cause, `The name ${place.host} is not known to the network.`);
    case "ECONNRESET":
    case "EPIPE":
      return refused(where, cause, "The connection was cut before it was made.");
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

/** Our error for a connection that could not be made. */
export function toConnectError(error: unknown, place: Place, timeoutMs: number): unknown {
  if (!(error instanceof Error) || error instanceof DbError) return error;
  const where = place.host.startsWith("/") ? place.host : `${place.host}:${place.port}`;
  if (isServerError(error)) {
    const known = fromServer(error.code, place, where, error);
    const text = `PostgreSQL refuses the connection (${where}, SQLSTATE ${error.code}).`;
    return known ?? new ConnectionError("E_CONNECTION_REFUSED", text, { cause: error });
  }
  // These texts are pg's own; they have no codes.
  if (error.message === "timeout expired") {
    const text = `PostgreSQL did not answer within ${timeoutMs / 1000} s (${where}).`;
    return new TimeoutError("E_CONNECT_TIMEOUT", text, {
      hint: "connect_timeout in the URL bounds the wait, in seconds.",
      cause: error,
    });
  }
  if (error.message.includes("does not support SSL")) {
    return tlsError(where, "The server doesn't offer TLS, and nothing else is allowed", error);
  }
  if (error.message.includes("an SSL connection")) {
    return tlsError(where, "Asked for TLS, the server doesn't answer as PostgreSQL does", error);
  }
  if (error.message.includes("client password must be")) {
    return new ConnectionError("E_WRONG_PASSWORD", `The server wants a password (${where}).`, {
      hint: "Put it into the URL, postgres://user:password@host/database, or into PGPASSWORD.",
      cause: error,
    });
  }
  const code = String(Reflect.get(error, "code") ?? "");
  if (TLS_CODE.test(code)) return tlsError(where, "The server's certificate is not trusted", error);
  const known = fromSocket(code, place, where, error);
  return known ?? refused(where, error, "The connection ended before it was ready.");
}
