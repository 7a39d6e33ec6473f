import { errorCodes } from "#shared/model/errors.ts";
import type { EpochMs } from "#shared/model/time.ts";
import type { GatewayHealth } from "../health.ts";
import type { PlantNote } from "../reload.ts";
import { certificateDaysLeft, type DeviceStatus } from "../status.ts";

/** What `/status.json` says: version 1. */
export interface StatusReport {
  readonly v: 1;
  readonly at: EpochMs;
  readonly platform: string;
  readonly gateway: string;
  /** IANA zone of the platform. */
  readonly timeZone: string;
  readonly startedAt: EpochMs;
  readonly plant: PlantNote;
  readonly outbox: Pick<GatewayHealth, "outboxBatches" | "outboxBytes" | "lossesOpen">;
  readonly devices: readonly DeviceReport[];
}

/** A device's status with what its last error means and asks for, in words, and the days its certificates still hold. */
export type DeviceReport = Omit<DeviceStatus, "lastError"> & {
  readonly lastError:
    | (NonNullable<DeviceStatus["lastError"]> & { readonly zh: string; readonly en: string; readonly help: string })
    | null;
  readonly certificateDaysLeft: number | null;
};

export interface StatusSource {
  readonly platform: string;
  readonly gateway: string;
  readonly timeZone: string;
  readonly startedAt: EpochMs;
  plant(): PlantNote;
  health(): GatewayHealth;
  devices(): readonly DeviceStatus[];
}

export function reportOf(source: StatusSource, at: EpochMs): StatusReport {
  const { outboxBatches, outboxBytes, lossesOpen } = source.health();
  return {
    v: 1,
    at,
    platform: source.platform,
    gateway: source.gateway,
    timeZone: source.timeZone,
    startedAt: source.startedAt,
    plant: source.plant(),
    outbox: { outboxBatches, outboxBytes, lossesOpen },
    devices: source.devices().map((device) => deviceReport(device, at)),
  };
}

function deviceReport(device: DeviceStatus, at: EpochMs): DeviceReport {
  const { lastError } = device;
  return {
    ...device,
    lastError: lastError && { ...lastError, ...wordsOf(lastError.code) },
    certificateDaysLeft: certificateDaysLeft(device, at),
  };
}

const wordsOf = (code: keyof typeof errorCodes) => {
  const { zh, en, help } = errorCodes[code];
  return { zh, en, help };
};
