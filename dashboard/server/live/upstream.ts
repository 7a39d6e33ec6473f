import { type Clock, ticks } from "#shared/kit/clock.ts";
import type { Log } from "#shared/kit/log.ts";
import type { Metrics } from "#shared/kit/metrics.ts";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import type { LiveValue } from "#shared/model/live.ts";
import { tagId } from "#shared/model/sample.ts";
import { type DurationMs, minutes, seconds } from "#shared/model/time.ts";
import type { BrokerAddress } from "#shared/wire/brokerAddress.ts";
import { createReplyBox, sendCommand } from "#shared/wire/commands.ts";
import type { Credential } from "#shared/wire/credential.ts";
import { derivedAddress, parseDerived } from "#shared/wire/derived.ts";
import { type PartReport, reportHealth } from "#shared/wire/health.ts";
import { keepSession } from "#shared/wire/keepSession.ts";
import type { Session } from "#shared/wire/session.ts";
import { derivedFilter } from "#shared/wire/topics.ts";
import type { Commands } from "../context.ts";
import type { LiveState } from "./state.ts";

export interface UpstreamOptions {
  readonly platform: string;
  readonly broker: Omit<BrokerAddress, "username" | "password">;
  readonly credential: Credential;
  /** Unlike that of any other process at this broker. */
  readonly clientId: string;
  readonly state: LiveState;
  /** How this server does. */
  readonly report: () => PartReport;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly metrics: Metrics;
}

const commandTimeout = seconds(5);
/** Ingest may have a year to compute. */
const assessmentTimeout = minutes(3);

/** The broker's side of the server: what ingest derives flows in, commands flow out (D5, D6). */
export interface Upstream {
  readonly commands: Commands;
  /** Keeps a session until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
}

const patienceForIngest: DurationMs = seconds(5);

export function createUpstream(options: UpstreamOptions): Upstream {
  const { platform, broker, credential, clientId, state, report, clock, random, log, metrics } = options;
  const refused = metrics.counter("dashboard_messages_refused_total", "Messages of the broker not used, by cause.");
  const replies = createReplyBox(platform, credential.username);
  const link: { session: Session | null } = { session: null };

  const receive = (topic: string, payload: Uint8Array, retained: boolean): void => {
    if (replies.receive(topic, payload)) return;
    try {
      if (!apply(state, topic, payload, retained, platform)) refused.add(1, { cause: "unknown" });
    } catch (error) {
      refused.add(1, { cause: "malformed" });
      log.warn({ topic, error: messageOf(error) }, "A message of the broker is not used");
    }
  };
  /** Of several brokers, one that does not bring ingest is left for the next. */
  const whileIngestIsHeard = async (signal: AbortSignal): Promise<void> => {
    let heardAt = clock.monotonic();
    for await (const _ of ticks(clock, seconds(1), signal)) {
      if (state.upstream()) heardAt = clock.monotonic();
      else if (clock.monotonic() - heardAt >= patienceForIngest) return;
    }
  };
  const serve = async (session: Session, signal: AbortSignal): Promise<void> => {
    const families = ["live", "alarm", "indicator", "health"];
    // What ingest publishes for people is delivered at least once; live values are soon followed by newer ones.
    const filters = families.map((family) => ({
      filter: derivedFilter(platform, family),
      qos: family === "live" || family === "health" ? (0 as const) : (1 as const),
    }));
    await session.subscribe([...filters, { filter: replies.filter, qos: 1 }]);
    link.session = session;
    state.setConnected(true);
    try {
      const left = new AbortController();
      const reporting = AbortSignal.any([signal, left.signal]);
      const several = (broker.otherUrls ?? []).length > 0;
      await Promise.all([
        reportHealth(session, { platform, part: "dashboard" }, report, clock, reporting),
        several && whileIngestIsHeard(signal).finally(() => left.abort()),
      ]);
    } finally {
      link.session = null;
      state.setConnected(false);
    }
  };

  return {
    commands: {
      ask: async (request) => {
        const { session } = link;
        if (!session) throw new CodedError("NOT_CONNECTED", "The server has no connection to the broker; try again.");
        const command = { v: 1, at: clock.now(), requester: credential.username, ...request } as const;
        const timeout = /Assessment$|Amendment$/.test(command.kind) ? assessmentTimeout : commandTimeout;
        const path = { session, platform, replies, clock, timeout };
        const { outcome, code, detail, outcomes, rows } = await sendCommand(command, path);
        if (outcome === "done") {
          return { outcome, ...(detail === undefined ? {} : { detail }), ...(outcomes ? { outcomes } : {}) };
        }
        return {
          outcome,
          code: code ?? "UNKNOWN",
          detail: detail ?? "Ingest gave no reason.",
          ...(rows ? { rows } : {}),
        };
      },
    },
    run: (signal) =>
      keepSession(
        () => ({ ...broker, clientId, ...credential, onMessage: receive }),
        serve,
        { clock, random, log },
        signal,
      ),
  };
}

/** Puts a message into the state; false where the topic carries none. Throws `MALFORMED`. */
function apply(state: LiveState, topic: string, payload: Uint8Array, retained: boolean, platform: string): boolean {
  const address = derivedAddress(topic);
  if (address?.platform !== platform) return false;
  switch (address.kind) {
    case "live": {
      const { line, equipment } = address;
      const message = parseDerived("live", payload);
      const values = Object.entries(message.values).map(
        ([tag, value]): LiveValue => ({ tag: tagId({ platform, line, equipment, tag }), ...value }),
      );
      const name = `${platform}/${line}/${equipment}`;
      state.latest.apply(line, values, message.state && { equipment: name, ...message.state });
      return true;
    }
    case "alarmEvent": {
      const { v: _, ...event } = parseDerived("alarmEvent", payload);
      state.alarms.event(event);
      return true;
    }
    case "activeAlarms": {
      const { seq, alarms, omitted } = parseDerived("activeAlarms", payload);
      state.alarms.active(seq, alarms, omitted);
      return true;
    }
    case "figures":
      state.setFigures(address.period, address.line, parseDerived("figures", payload).results);
      return true;
    case "indicators":
      state.setIndicators(address.line, parseDerived("indicators", payload).results);
      return true;
    // Pages read assessments from the records; nobody subscribes them here.
    case "assessment":
      return true;
    case "health": {
      const { v: _, ...health } = parseDerived("health", payload);
      state.setHealth(health, retained);
      return true;
    }
    case "notification":
      // For machines of the plant; pages have the alarms themselves.
      return true;
  }
}
