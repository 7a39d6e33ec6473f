import type { Clock } from "#shared/kit/clock.ts";
import { failpoint } from "#shared/kit/failpoint.ts";
import type { Log } from "#shared/kit/log.ts";
import type { Metrics } from "#shared/kit/metrics.ts";
import { messageOf } from "#shared/model/errors.ts";
import type { Message } from "#shared/model/notification.ts";
import type { Reach } from "#shared/plant/notification/schema.ts";
import type { ChannelBook } from "./channelBook.ts";
import type { Channels } from "./channels.ts";
import { priorityOf, rankOf } from "./grouping.ts";
import { outgoing } from "./outgoing.ts";
import type { Routing } from "./routing.ts";
import { laneOf, type Standing } from "./standing.ts";
import { afterFailure, beforeTry, DeliveryError, delivered } from "./tries.ts";

export interface DispatcherParts {
  readonly routing: Routing;
  readonly standing: Standing;
  readonly channels: Channels;
  readonly book: ChannelBook;
  readonly platform: Parameters<typeof outgoing>[2];
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Called when a try has ended. */
  readonly onEnd: () => void;
}

/** Takes messages of the outbox to their channels. */
export interface Dispatcher {
  /** Begins whatever tries are due, the most urgent first. */
  begin(signal: AbortSignal): void;
  /** Resolves when no try is under way. */
  idle(): Promise<void>;
}

/** Tries at one time, over all channels, and on one channel. */
const mostAtOnce = 16;
const mostOnOne = 4;

export function createDispatcher(parts: DispatcherParts): Dispatcher {
  const { routing, standing, channels, book, clock, random, log, metrics } = parts;
  const tried = metrics.counter(
    "ingest_notification_tries_total",
    "Tries to deliver a message, by channel and outcome.",
  );
  const running = new Map<string, { readonly channel: string; readonly done: Promise<void> }>();
  /** Ends that are not recorded yet, for the records could not be written: such a message is not sent again. */
  const unrecorded = new Map<string, Message>();

  const record = (message: Message): void => {
    try {
      standing.save({ putMessages: [message] }, clock.now());
      unrecorded.delete(message.id);
    } catch (error) {
      const isNews = !unrecorded.has(message.id);
      unrecorded.set(message.id, message);
      const fields = { message: message.id, error: messageOf(error) };
      if (isNews) log.error(fields, "The end of a delivery cannot be recorded; trying again");
    }
  };

  const waysOf = ({ person, channel, content }: Message): readonly Reach[] => {
    if (channel === null) return routing.waysTo(person, priorityOf(content));
    const known = routing.person(person)?.reach.find((way) => way.channel === channel);
    return [known ?? { channel }];
  };
  /** The way that is to be tried: dead channels are passed over while another one is left in the round. */
  const choose = (message: Message, ways: readonly Reach[]): number => {
    const from = Math.min(message.tries.way, ways.length - 1);
    const alive = ways.findIndex(({ channel }, i) => i >= from && !book.isAvoided(channel, clock.now()));
    return alive < 0 ? from : alive;
  };

  const fail = (message: Message, channel: string, thrown: unknown, ways: number): void => {
    const now = clock.now();
    tried.add(1, { channel, outcome: "failed" });
    if (book.failed(channel, thrown, now))
      log.error({ channel, error: messageOf(thrown) }, "A notification channel is dead");
    const { giveUpHours } = routing.config;
    const next = afterFailure(
      message,
      { channel, thrown, ways, isDead: book.isDead(channel), giveUpHours },
      now,
      random,
    );
    if (next.state === "failed")
      log.error({ person: message.person, error: next.error }, "A notification was given up");
    record(next);
  };

  const deliver = async (message: Message, way: Reach, ways: number, signal: AbortSignal): Promise<void> => {
    const { channel } = way;
    try {
      const open = await channels.open(channel);
      await open.send(outgoing(message, way, parts.platform, routing), signal);
    } catch (thrown) {
      // A stop says nothing of the channel; the message is found as it is, in doubt.
      if (!signal.aborted) fail(message, channel, thrown, ways);
      return;
    }
    failpoint("notify.sent");
    const now = clock.now();
    tried.add(1, { channel, outcome: "delivered" });
    const wasDead = book.isDead(channel);
    book.delivered(channel, now);
    if (wasDead) log.info({ channel }, "A notification channel works again");
    record(delivered(message, channel, now));
    failpoint("notify.recorded");
  };

  const start = (message: Message, signal: AbortSignal): void => {
    const ways = waysOf(message);
    if (ways.length === 0 || !routing.person(message.person)) {
      const gone = new DeliveryError("NOT_FOUND", "plant.yaml no longer names a way to the person.");
      record({ ...message, state: "failed", endedAt: clock.now(), error: messageOf(gone) });
      return;
    }
    const index = choose(message, ways);
    const way = ways[index];
    if (!way || [...running.values()].filter(({ channel }) => channel === way.channel).length >= mostOnOne) return;
    const here = index === message.tries.way ? message.tries.here : 0;
    const begun = beforeTry({ ...message, tries: { ...message.tries, way: index, here } });
    standing.save({ putMessages: [begun] }, clock.now());
    failpoint("notify.begun");
    const done = deliver(begun, way, ways.length, signal).finally(() => {
      running.delete(message.id);
      parts.onEnd();
    });
    running.set(message.id, { channel: way.channel, done });
  };

  return {
    begin: (signal) => {
      for (const message of [...unrecorded.values()]) record(message);
      const now = clock.now();
      const lanes = new Set<string>();
      const due = [...standing.messages()].filter((message) => {
        const isFirst = !lanes.has(laneOf(message));
        lanes.add(laneOf(message));
        return isFirst && message.nextAt <= now && !running.has(message.id) && !unrecorded.has(message.id);
      });
      const urgency = ({ content }: Message): number => rankOf(priorityOf(content));
      for (const message of due.sort((a, b) => urgency(a) - urgency(b) || a.createdAt - b.createdAt)) {
        if (running.size >= mostAtOnce) return;
        start(message, signal);
      }
    },
    idle: async () => {
      await Promise.all([...running.values()].map(({ done }) => done));
    },
  };
}
