import { CodedError } from "#shared/model/errors.ts";
import type { Message, MessageContent } from "#shared/model/notification.ts";
import type { EpochMs } from "#shared/model/time.ts";
import type { Plant } from "#shared/plant/plant.ts";
import type { Channels } from "./channels.ts";
import { outgoing } from "./outgoing.ts";
import type { Routing } from "./routing.ts";
import { noTries } from "./tries.ts";

export interface TestParts {
  readonly routing: Routing;
  readonly channels: Channels;
  readonly platform: Plant["platform"];
  readonly newId: () => string;
  readonly now: EpochMs;
}

/**
 * Sends a test message over one channel, past the outbox: to the person named, or to the first whom the channel reaches.
 * Throws what the channel throws, `NOT_FOUND` for a person whom the channel does not reach.
 */
export async function sendTest(
  { routing, channels, platform, newId, now }: TestParts,
  channel: string,
  wanted: string | undefined,
  signal: AbortSignal,
): Promise<string> {
  const { people } = routing.config;
  const reached = people.filter(({ reach }) => reach.some((way) => way.channel === channel));
  const person = wanted === undefined ? (reached[0] ?? people[0]) : reached.find(({ id }) => id === wanted);
  if (!person) {
    const known = reached.map(({ id }) => id).join(", ") || "nobody";
    throw new CodedError("NOT_FOUND", `The channel \`${channel}\` leads to ${known}, not to \`${wanted}\`.`);
  }
  const way = person.reach.find((one) => one.channel === channel) ?? { channel };
  const content: MessageContent = { kind: "test", items: [], counts: {}, returned: 0 };
  const made = { id: newId(), person: person.id, content, channel, createdAt: now } as const;
  const message: Message = {
    ...made,
    state: "waiting",
    tries: noTries,
    nextAt: now,
    endedAt: null,
    deliveredBy: null,
    error: null,
  };
  const open = await channels.open(channel);
  await open.send(outgoing(message, way, platform, routing), signal);
  return `Channel \`${channel}\` took a test message for \`${person.id}\`${way.address === undefined ? "" : ` at ${way.address}`}.`;
}
