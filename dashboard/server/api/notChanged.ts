import { createHash } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";

/**
 * Sends an answer with its ETag, which the asker may keep and must ask about: where it has the same one it gets 304 and
 * no body. Late data can change a range of any age, and a seal be amended, so nothing is kept without asking.
 */
export function sendUnlessKnown(request: FastifyRequest, reply: FastifyReply, answer: object): FastifyReply {
  const text = JSON.stringify(answer);
  const tag = `"${createHash("sha256").update(text).digest("base64url").slice(0, 27)}"`;
  reply.header("cache-control", "private, no-cache").header("etag", tag);
  const known = request.headers["if-none-match"]?.split(",").map((one) => one.trim().replace(/^W\//, ""));
  if (known?.includes(tag)) return reply.code(304).send();
  return reply.type("application/json; charset=utf-8").send(text);
}
