import { ticks } from "#shared/kit/clock.ts";
import { aborted } from "#shared/kit/process.ts";
import { type DurationMs, seconds } from "#shared/model/time.ts";
import type { BrokerAddress } from "#shared/wire/brokerAddress.ts";
import { commandFilter } from "#shared/wire/commands.ts";
import { keepSession } from "#shared/wire/keepSession.ts";
import { brokerName } from "#shared/wire/mqttClient.ts";
import type { Session, SessionOptions } from "#shared/wire/session.ts";
import { derivedFilter, groupFilter } from "#shared/wire/topics.ts";
import type { CommandDesk } from "./commands.ts";
import type { Core, IngestEnv } from "./core.ts";
import { PrimaryHost } from "./host/primaryHost.ts";
import { createReceiver } from "./host/receiver.ts";
import type { SystemWatch } from "./system/systemWatch.ts";

/** How often it is looked whether STATE has to change. */
const stateRound: DurationMs = seconds(1);

export interface BrokerLinkParts extends Pick<Core, "host" | "publisher" | "committer" | "deadLetters"> {
  readonly platform: string;
  readonly desk: CommandDesk;
  /** Hears what other parts say of themselves, where they are watched. */
  readonly watch: SystemWatch | undefined;
  /** A session serves: all that is retained has to be said again. */
  readonly onServing: () => void;
  readonly onLost: () => void;
  /** Aborts when ingest is asked to stop. */
  readonly stopping: AbortSignal;
}

/** Ingest at one broker. */
export interface BrokerLink {
  /** Host and port, for people. */
  readonly name: string;
  readonly isServing: boolean;
  /** Keeps a session until `signal` aborts. */
  keep(signal: AbortSignal): Promise<void>;
  /** Takes no more data and says offline. */
  stop(): Promise<void>;
}

/**
 * Ingest is at every broker at once, with a STATE of its own at each: an edge node is at one of them, wherever it finds
 * its primary host online (operational-behavior-primary-application-state-with-multiple-servers-state).
 */
export function createBrokerLink(broker: BrokerAddress, parts: BrokerLinkParts, env: IngestEnv): BrokerLink {
  const { platform, host, publisher, committer, deadLetters, desk, watch, stopping } = parts;
  const { clock, log } = env;
  const { url } = broker;
  const primary = new PrimaryHost(platform, clock, log, () => committer.outageSince());
  const receiver = createReceiver({ host, primary, desk, watch, deadLetters, clock, broker: url });
  publisher.attach(url, null);
  let isServing = false;

  const serve = async (session: Session, sessionSignal: AbortSignal): Promise<void> => {
    host.forgetBirths(url);
    receiver.attach(session);
    try {
      await session.subscribe([
        { filter: primary.topic, qos: 1 },
        { filter: groupFilter(platform), qos: 1 },
        { filter: commandFilter(platform), qos: 1 },
        ...(watch ? [{ filter: derivedFilter(platform, "health"), qos: 0 as const }] : []),
      ]);
      // STATE is the first publish of every session (message-flow-phid-sparkplug-state-publish).
      await primary.update(session);
      publisher.attach(url, session);
      isServing = true;
      parts.onServing();
      for await (const _ of ticks(clock, stateRound, AbortSignal.any([sessionSignal, stopping]))) {
        if ((await primary.update(session)) === "leave") return;
      }
      await aborted(sessionSignal);
    } finally {
      if (isServing) parts.onLost();
      isServing = false;
      publisher.attach(url, null);
      receiver.attach(null);
    }
  };
  const sessionOptions = (): SessionOptions => ({
    ...broker,
    clientId: `${broker.username ?? "pilotline"}-host-${platform}`,
    keepaliveS: 15,
    will: primary.nextWill(),
    onMessage: receiver.onMessage,
  });
  return {
    name: brokerName(url),
    get isServing() {
      return isServing;
    },
    keep: (signal) => keepSession(sessionOptions, serve, env, signal),
    stop: () => receiver.stop(),
  };
}
