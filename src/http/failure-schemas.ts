import * as z from "zod/v4";
import { FrameworkError, Messages } from "./wire-schemas.js";

/** Failures that many routes share, for the description of the interface. */

/** What the framework answers when it stops a request itself. */
const framework = { "application/json": { schema: FrameworkError } };
const messagesOrFramework = { "application/json": { schema: z.union([Messages, FrameworkError]) } };

/** The answer is in a form that the caller does not take. */
export const notAcceptable = {
  406: { description: "`Accept` names no form in which this address answers.", content: framework },
};

/** The body is larger than the address takes, nested too deeply or described beyond measure; or of another media type. */
export const bodyFailures = {
  413: { description: "The body is too large, or what it describes is.", content: messagesOrFramework },
  415: { description: "The media type or encoding of the body is not supported.", content: framework },
};

/** A request that says nothing the address can answer to. */
export const requestFailure = {
  400: {
    description: "The parameters, or the header X-Causeway-Revision, are not valid.",
    content: { "application/json": { schema: Messages } },
  },
};

/** The database, or the revision that the caller requires, cannot be reached in time. */
export const unavailable = {
  503: {
    description: "The database does not answer, or the revision required is not here in time; try again.",
    content: messagesOrFramework,
  },
};
