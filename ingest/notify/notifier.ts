import type { Clock } from "#shared/kit/clock.ts";
import type { Log } from "#shared/kit/log.ts";
import type { Metrics } from "#shared/kit/metrics.ts";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import { type EpochMs, millis, seconds } from "#shared/model/time.ts";
import type { Plant } from "#shared/plant/plant.ts";
import type { RecordsWriter } from "#shared/store/records/port.ts";
import type { ChannelEnv } from "./channel.ts";
import { ChannelBook, type ChannelState } from "./channelBook.ts";
import { createChannels } from "./channels.ts";
import { createDispatcher } from "./dispatcher.ts";
import { createPlanner } from "./planner.ts";
import { createRouting } from "./routing.ts";
import { Standing } from "./standing.ts";
import { sendTest } from "./test.ts";

/** How notification does, for health and system alarms. */
export interface NotificationFacts {
  readonly channels: readonly ChannelState[];
  /** Messages that wait for their delivery, tests too, and since when the oldest with an alarm does. */
  readonly waiting: number;
  readonly waitingSince: EpochMs | null;
  /** Alarms that nobody has acknowledged and nobody was told of: no roster had anybody on duty. */
  readonly unheard: number;
  /** Why nothing can be planned: the records cannot be written. */
  readonly trouble: string | null;
}

export interface Notifier {
  /** Says that the journal has grown. */
  wake(): void;
  /** Works until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
  /** Sends a test over one channel, at once; throws what the channel throws. Gives what was sent to whom. */
  test(channel: string, person: string | undefined, signal: AbortSignal): Promise<string>;
  facts(): NotificationFacts;
}

export interface NotifierParts {
  readonly plant: Plant;
  readonly records: RecordsWriter;
  readonly env: ChannelEnv;
  readonly clock: Clock;
  readonly random: () => number;
  readonly newId: () => string;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Without news, what is due by time is looked for so often. */
const beat = millis(200);
/** At a stop, for answers that are under way. */
const grace = seconds(2);
/** After a failure of the records. */
const rest = seconds(2);

/** Notification of one plant; null where plant.yaml says nothing of it. */
export function createNotifier(parts: NotifierParts): Notifier | null {
  const { plant, records, env, clock, random, newId, log, metrics } = parts;
  if (!plant.notification) return null;
  const routing = createRouting(plant.notification, plant.platform.timeZone, plant.calendar);
  const standing = new Standing(records, clock.now());
  const channels = createChannels(plant.notification.channels, env);
  const book = new ChannelBook(channels.names);
  const planner = createPlanner({ routing, standing, records, clock, newId });
  let news = new AbortController();
  let trouble: string | null = null;
  const wake = (): void => news.abort();
  const { platform } = plant;
  const dispatcher = createDispatcher({
    ...{ routing, standing, channels, book, platform, clock, random, log, metrics },
    onEnd: wake,
  });

  const turn = async (signal: AbortSignal, sending: AbortSignal): Promise<void> => {
    // Between two steps other work has its turn: a flood must not hold up an acknowledgement.
    while (!signal.aborted && planner.followJournal()) await nextTurn();
    while (!signal.aborted && planner.escalate()) await nextTurn();
    planner.test();
    planner.compose();
    dispatcher.begin(sending);
  };
  const lookAfter = async (signal: AbortSignal, sending: AbortSignal): Promise<void> => {
    try {
      await turn(signal, sending);
      if (trouble !== null) log.info({}, "Notification goes on");
      trouble = null;
    } catch (error) {
      if (trouble === null) log.error({ error: messageOf(error) }, "Notification cannot be planned; trying again");
      trouble = messageOf(error);
      await clock.sleep(rest, signal);
    }
  };

  return {
    wake,
    run: async (signal) => {
      const sending = new AbortController();
      while (!signal.aborted) {
        news = new AbortController();
        await lookAfter(signal, sending.signal);
        await clock.sleep(beat, AbortSignal.any([news.signal, signal]));
      }
      // What is on its way may still hear its answer: then it need not be sent again.
      await Promise.race([dispatcher.idle(), clock.sleep(grace, sending.signal)]);
      sending.abort();
      await dispatcher.idle();
      await channels[Symbol.asyncDispose]();
    },
    test: async (name, person, signal) => {
      if (!channels.names.includes(name)) {
        throw new CodedError(
          "NOT_FOUND",
          `plant.yaml has no channel \`${name}\`; it has ${channels.names.join(", ")}.`,
        );
      }
      try {
        const said = await sendTest({ routing, channels, platform, newId, now: clock.now() }, name, person, signal);
        book.delivered(name, clock.now());
        return said;
      } catch (error) {
        book.failed(name, error, clock.now());
        throw error;
      }
    },
    facts: () => {
      const waiting = [...standing.messages()];
      // A test of a dead channel waits for that channel; it tells nobody of anything.
      const oldest = waiting.find(({ channel }) => channel === null);
      const calls = [...standing.calls()];
      return {
        channels: book.states,
        waiting: waiting.length,
        waitingSince: oldest?.createdAt ?? null,
        unheard: calls.filter(({ told, dueAt }) => told.length === 0 && dueAt === null).length,
        trouble,
      };
    },
  };
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
