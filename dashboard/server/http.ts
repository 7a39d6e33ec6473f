import type { IncomingMessage, ServerResponse } from "node:http";
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  FastifyTypeProvider,
  RawServerDefault,
} from "fastify";
import type { Static, TSchema } from "typebox";
import { CodedError, type ErrorCode } from "#shared/model/errors.ts";
import type { Session } from "./accounts/sessions.ts";

interface TypeboxProvider extends FastifyTypeProvider {
  readonly validator: this["schema"] extends TSchema ? Static<this["schema"]> : unknown;
}

/** Fastify with requests typed by their schemas. */
export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeboxProvider
>;

declare module "fastify" {
  interface FastifyRequest {
    /** Set by the guard before any handler runs; null for a stranger. */
    session: Session | null;
  }
}

/** The signed-in user; the gate lets no stranger this far. */
export function sessionOf(request: FastifyRequest): Session {
  if (!request.session) throw new CodedError("FORBIDDEN", "Sign in first.");
  return request.session;
}

/** What every refusal looks like. */
export interface Problem {
  readonly error: ErrorCode;
  readonly detail: string;
  readonly retryAfterMs?: number;
}

const statuses: Readonly<Partial<Record<ErrorCode, number>>> = {
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  TIMEOUT: 504,
  NOT_CONNECTED: 503,
  STORE_UNAVAILABLE: 503,
  QUEUE_FULL: 503,
  DISK: 503,
  UNKNOWN: 500,
  DAMAGED: 500,
  CONFIG: 500,
};

/** HTTP status of an error code; what is not listed is the request's own fault. */
export const statusOf = (code: ErrorCode): number => statuses[code] ?? 400;

export const refuse = (reply: FastifyReply, status: number, problem: Problem): FastifyReply =>
  reply.code(status).send(problem);

/** Aborts when the client goes away before it has its answer. */
export function clientSignal(reply: FastifyReply): AbortSignal {
  const abort = new AbortController();
  reply.raw.once("close", () => abort.abort());
  return abort.signal;
}
