import { type Static, Type } from "typebox";
import type { Clock } from "#shared/kit/clock.ts";
import { CodedError } from "#shared/model/errors.ts";
import { type DurationMs, seconds } from "#shared/model/time.ts";
import { checkedJson } from "./checkedJson.ts";
import { Code, Instant, Version } from "./derivedSchemas.ts";
import type { Session } from "./session.ts";
import { derivedFilter, derivedTopic, parseDerivedTopic } from "./topics.ts";

/** An id that may stand in a topic. */
const Id = Type.String({ pattern: "^[A-Za-z0-9_-]{1,64}$" });

const head = {
  v: Version,
  id: Id,
  at: Instant,
  /** The person who acts; the journal names him. */
  user: Type.String({ minLength: 1 }),
  /** The broker user who waits for the reply: he alone may read it. */
  requester: Id,
  /** `<platform>/<line>/<alarm>` */
  alarm: Type.String({ minLength: 1 }),
};
const MaybeComment = Type.Union([Type.String(), Type.Null()]);
/** What hides an alarm, and a comment, say why. */
const Reason = Type.String({ minLength: 1 });

const AlarmCommandSchema = Type.Union([
  Type.Object({
    ...head,
    kind: Type.Enum(["acknowledge", "reset", "unshelve", "returnToService"]),
    comment: MaybeComment,
  }),
  Type.Object({ ...head, kind: Type.Enum(["comment", "removeFromService"]), comment: Reason }),
  Type.Object({ ...head, kind: Type.Literal("shelve"), until: Instant, comment: Reason }),
]);

const { alarm: _, ...anyHead } = head;
const DeadLetterSchema = Type.Object({
  ...anyHead,
  kind: Type.Literal("deadLetter"),
  /** Store what the letters hold after all, or give it up. */
  action: Type.Enum(["replay", "drop"]),
  /** Their ids. */
  letters: Type.Array(Type.Integer({ minimum: 1 }), { minItems: 1, maxItems: 1_000 }),
});

const ReplySchema = Type.Object({
  v: Version,
  id: Id,
  outcome: Type.Enum(["done", "refused"]),
  code: Type.Optional(Code),
  detail: Type.Optional(Type.String()),
});

/** What the dashboard asks of ingest (D5). */
export type Command = Static<typeof AlarmCommandSchema>;
type Without<Whole, Keys extends PropertyKey> = Whole extends unknown ? Omit<Whole, Keys> : never;
/** What a person asks of an alarm. `id` names the command: sent twice, it is done once. */
export type AlarmRequest = Without<Command, "v" | "at" | "requester">;
/** What is asked, of whichever alarm and by whomever. */
export type AlarmAct = Without<AlarmRequest, "id" | "user" | "alarm">;
/** What an operator asks of ingest on the command line. */
export type DeadLetterCommand = Static<typeof DeadLetterSchema>;
export type CommandReply = Static<typeof ReplySchema>;
export type CommandKind = Command["kind"] | DeadLetterCommand["kind"];

/** Each throws `MALFORMED`, naming the wrong key. */
export const parseCommandMessage: (payload: Uint8Array | string) => Command = checkedJson(
  "command",
  AlarmCommandSchema,
);
const parseDeadLetterCommand = checkedJson("command", DeadLetterSchema);
const kindOf = checkedJson("command", Type.Object({ kind: Type.String() }));
export const parseAnyCommand = (payload: Uint8Array | string): Command | DeadLetterCommand =>
  kindOf(payload).kind === "deadLetter" ? parseDeadLetterCommand(payload) : parseCommandMessage(payload);
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
  command: Command | DeadLetterCommand,
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
