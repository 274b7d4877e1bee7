import type { FastifyInstance, FastifyRequest } from "fastify";
import { Problem } from "../errors/problem.js";
import { BODY_EMPTY } from "./problems.js";
import { utf8Text } from "./utf8-body.js";

/** Makes the routes of this plugin take the media types as text, unread, and refuse every other with 415. */
export function acceptText(
  app: Pick<FastifyInstance, "removeAllContentTypeParsers" | "addContentTypeParser">,
  types: readonly string[],
): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser([...types], { parseAs: "buffer" }, async (_request: unknown, body: Buffer) =>
    utf8Text(body),
  );
}

/** The body as text. Throws a Problem when the request has none, or only blanks. */
export function textOf(request: Pick<FastifyRequest, "body">): string {
  if (typeof request.body !== "string" || request.body.trim() === "") {
    throw new Problem(BODY_EMPTY, "The request has no body.", { path: "body" });
  }
  return request.body;
}
