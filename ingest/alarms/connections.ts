import type { GapCause, TagId } from "#shared/model/sample.ts";
import { type DurationMs, type EpochMs, elapsed, seconds } from "#shared/model/time.ts";
import type { AlarmEngine } from "./enginePort.ts";

export interface ConnectionWatchParts {
  readonly platform: string;
  readonly host: {
    causeOfSilence(node: { group: string; edge: string }, device: string, tag: TagId): GapCause;
  };
  readonly alarms: Pick<AlarmEngine, "watch">;
}

export interface ConnectionWatch {
  /** Since when messages come in; null while there is no session with the broker. */
  listen(since: EpochMs | null): void;
  look(now: EpochMs): void;
}

/** A new session hears births only when they are asked for: until then nobody knows who is lost. */
const untilBirths: DurationMs = seconds(15);

/** Tells the alarm engine which devices and gateways are connected, by their births and deaths. */
export function createConnectionWatch({ platform, host, alarms }: ConnectionWatchParts): ConnectionWatch {
  let listeningSince: EpochMs | null = null;
  return {
    listen: (since) => {
      listeningSince = since;
    },
    look: (now) => {
      const since = listeningSince;
      if (since === null) return;
      const isKnown = elapsed(since, now) >= untilBirths;
      alarms.watch(({ id, device }, of) => {
        if (!device) return null;
        const cause = host.causeOfSilence({ group: platform, edge: device.gateway }, device.id, id);
        const isLost = cause === "gateway_lost" || (of === "device" && cause === "device_lost");
        return isLost && !isKnown ? null : isLost;
      });
    },
  };
}
