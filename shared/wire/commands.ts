import { type Static, Type } from "typebox";
import type { Clock } from "#shared/kit/clock.ts";
import { CodedError } from "#shared/model/errors.ts";
import { type DurationMs, seconds } from "#shared/model/time.ts";
import { checkedJson } from "./checkedJson.ts";
import { TopicId } from "./command/head.ts";
import type { Command, CommandKind } from "./command/registry.ts";
import { Code, Version } from "./derivedSchemas.ts";
import type { Session } from "./session.ts";
import { derivedFilter, derivedTopic, parseDerivedTopic } from "./topics.ts";

const outcome = {
  outcome: Type.Enum(["done", "refused"]),
  code: Type.Optional(Code),
  detail: Type.Optional(Type.String()),
};
const OutcomeOfEachSchema = Type.Object({ alarm: Type.String(), ...outcome });
const ReplySchema = Type.Object({
  v: Version,
  id: TopicId,
  ...outcome,
  /** Of a command about many alarms: one each, in their order. */
  outcomes: Type.Optional(Type.Array(OutcomeOfEachSchema)),
  /** Of a refused import: what is wrong with which of its records, counted from 0. */
  rows: Type.Optional(
    Type.Array(Type.Object({ row: Type.Integer({ minimum: 0 }), key: Type.String(), what: Type.String() })),
  ),
});

/** How a command about many alarms ended for one of them. */
export type OutcomeOfEach = Static<typeof OutcomeOfEachSchema>;

/** How a command ended. */
export type CommandReply = Static<typeof ReplySchema>;

/** Throws `MALFORMED`, naming the wrong key. */
export const parseReply: (payload: Uint8Array | string) => CommandReply = checkedJson("reply", ReplySchema);

export const commandTopic = (platform: string, kind: CommandKind): string => derivedTopic(platform, "command", kind);
export const commandFilter = (platform: string): string => derivedFilter(platform, "command");
export const replyTopic = (platform: string, requester: string, id: string): string =>
  derivedTopic(platform, "reply", requester, id);
export const replyFilter = (platform: string, requester: string): string => derivedFilter(platform, "reply", requester);

/** Replies that somebody waits for. Subscribe `filter`, and give every message to `receive`. */
export interface ReplyBox {
  readonly filter: string;
  /** True where the message was a reply; one that nobody waits for any more is let go. */
  receive(topic: string, payload: Uint8Array): boolean;
  /** Resolves with the reply to the command `id`, undefined when `until` aborts first. */
  expect(id: string, until: AbortSignal): Promise<CommandReply | undefined>;
}

export function createReplyBox(platform: string, requester: string): ReplyBox {
  const waiting = new Map<string, { resolve: (reply: CommandReply) => void; reject: (error: unknown) => void }>();
  return {
    filter: replyFilter(platform, requester),
    receive: (topic, payload) => {
      const parts = parseDerivedTopic(topic)?.parts;
      if (parts?.[0] !== "reply" || parts[1] !== requester || parts.length !== 3) return false;
      const waiter = waiting.get(parts[2] as string);
      if (!waiter) return true;
      try {
        waiter.resolve(parseReply(payload));
      } catch (error) {
        waiter.reject(error);
      }
      return true;
    },
    expect: (id, until) =>
      new Promise<CommandReply | undefined>((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        until.addEventListener("abort", () => resolve(undefined), { once: true });
      }).finally(() => waiting.delete(id)),
  };
}

export interface CommandPath {
  readonly session: Session;
  readonly platform: string;
  readonly replies: ReplyBox;
  readonly clock: Clock;
  /** How long to wait for the reply. */
  readonly timeout?: DurationMs;
}

/**
 * Sends a command to ingest and waits for its outcome. Throws `NOT_CONNECTED` without a session, `TIMEOUT` where no
 * reply comes; then it is unknown whether the command was done, and the live path tells.
 */
export async function sendCommand(
  command: Command,
  { session, platform, replies, clock, timeout = seconds(5) }: CommandPath,
): Promise<CommandReply> {
  const settled = new AbortController();
  const reply = replies.expect(command.id, settled.signal);
  try {
    const late = clock.sleep(timeout, settled.signal);
    const sent = session.publishConfirmed(commandTopic(platform, command.kind), JSON.stringify(command));
    const answer = await Promise.race([reply, late, sent.then(() => reply)]);
    if (answer) return answer;
    throw new CodedError(
      "TIMEOUT",
      `Ingest did not answer the command ${command.kind} within ${timeout} ms; look whether it was done, then repeat it.`,
    );
  } finally {
    settled.abort();
  }
}
