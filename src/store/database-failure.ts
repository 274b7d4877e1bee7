import { Problem, type ProblemKind } from "../errors/problem.js";
import { type ConnectionOptions, describeDatabase } from "./connection-options.js";
import {
  STORE_BUSY,
  STORE_CONTEXT_TAKEN,
  STORE_FAULT,
  STORE_MAPPING_NAME_TAKEN,
  STORE_ROLE_MISSING,
  STORE_TEMPLATE_TAKEN,
  STORE_TENANT_MISSING,
  STORE_TEXT_NOT_STORABLE,
  STORE_UNAVAILABLE,
} from "./problems.js";

/** What a violated unique constraint of the migrations means to the caller. */
const TAKEN = new Map<string, { readonly kind: ProblemKind; readonly message: string }>([
  [
    "operational_template_once_per_tenant",
    { kind: STORE_TEMPLATE_TAKEN, message: "A template with this template id is already stored." },
  ],
  [
    "mapping_name_once_per_tenant",
    { kind: STORE_MAPPING_NAME_TAKEN, message: "A model or extension with this metadata.name is already stored." },
  ],
  [
    "mapping_context_once_per_template",
    { kind: STORE_CONTEXT_TAKEN, message: "A context for this template is already stored." },
  ],
]);

/** Codes of the operating system and of Node for a server that cannot be reached. */
const UNREACHABLE = new Set(
  "ECONNREFUSED ECONNRESET ECONNABORTED ENOTFOUND EAI_AGAIN ETIMEDOUT EHOSTUNREACH ENETUNREACH EPIPE ENOENT EACCES EADDRNOTAVAIL".split(
    " ",
  ),
);
/** SQLSTATEs of a server that answers and will not serve: start and stop, too many connections, login, no database, time over. */
const NOT_SERVING = /^(?:08...|25P03|57P0[1-5]|53300|53400|28...|3D000)$/;
/** Sentences of the driver, which gives no code to them. */
const DRIVER_SENTENCES =
  /^(?:Connection terminated|timeout exceeded when trying to connect|timeout expired|Client has encountered a connection error|Cannot use a pool after calling end|The server does not support SSL|driver has already been destroyed|self.signed certificate|unable to (?:verify|get))/i;

/** True when the transaction lost against another one and may be tried again as it is. */
export function lostAgainstAnother(error: unknown): boolean {
  const code = codeOf(error);
  return code === "40001" || code === "40P01";
}

/**
 * Gives the Problem for a failure of the driver or the database; a Problem stays as it is. Names host, port and
 * database of the connection, never user, password or values.
 */
export function databaseFailure(error: unknown, connection: ConnectionOptions): Problem {
  if (error instanceof Problem) return error;
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : "";
  const taken = code === "23505" ? TAKEN.get(constraintOf(error)) : undefined;
  if (taken !== undefined) return new Problem(taken.kind, taken.message);
  if (lostAgainstAnother(error)) return new Problem(STORE_BUSY, "Another write to the same rows came in between.");
  const where = describeDatabase(connection);
  if (
    NOT_SERVING.test(code) ||
    UNREACHABLE.has(code) ||
    code.startsWith("ERR_TLS_") ||
    DRIVER_SENTENCES.test(message)
  ) {
    const cause = code === "" ? "connection lost or not made" : code;
    return new Problem(STORE_UNAVAILABLE, `The database ${where} does not answer (${cause}).`);
  }
  switch (code) {
    case "22021":
    case "23514":
    case "54000":
      return new Problem(STORE_TEXT_NOT_STORABLE, "The database cannot hold this text.");
    case "42501":
      if (/set role|permission denied to set|role "causeway_tenant"/.test(message)) {
        return new Problem(STORE_ROLE_MISSING, `The role causeway_tenant may not be taken in the database ${where}.`);
      }
      if (/row-level security/.test(message)) {
        return new Problem(STORE_TENANT_MISSING, "A row of no tenant or of another tenant was refused.");
      }
      break;
  }
  return new Problem(STORE_FAULT, `The database ${where} refused a statement (${code || "no code"}).`, {}, [], error);
}

/** SQLSTATE or system error code; several addresses of a host fail together as an AggregateError. */
function codeOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return "";
  if ("code" in error && typeof error.code === "string") return error.code;
  return error instanceof AggregateError ? codeOf(error.errors[0]) : "";
}

function constraintOf(error: unknown): string {
  return typeof error === "object" && error !== null && "constraint" in error ? String(error.constraint) : "";
}
