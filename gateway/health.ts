import type { EpochMs } from "#shared/model/time.ts";
import type { DeviceHealth } from "#shared/wire/derived.ts";
import type { PartReport } from "#shared/wire/health.ts";
import { certificateDaysLeft, type DeviceStatus } from "./status.ts";

export interface GatewayHealth {
  readonly devices: number;
  readonly devicesConnected: number;
  /** Batches that the host has not acknowledged, and what they take on disk. */
  readonly outboxBatches: number;
  readonly outboxBytes: number;
  /** Part of its quota that the outbox takes with what is not acknowledged, 0 to 1. */
  readonly outboxFill: number;
  /** Batches given up that the host has not taken note of. */
  readonly lossesOpen: number;
  /** False while the disk takes nothing, and a loss of power would lose what comes in. */
  readonly isDurable: boolean;
  /** Free part of the gateway's disk, 0 to 1; null where it is not known. */
  readonly diskFree: number | null;
  /** Until the first certificate of a device, or of ours for it, runs out; null where there is none. */
  readonly certificateDaysLeft: number | null;
  /** Source time of the newest sample per line. */
  readonly newest: Readonly<Record<string, EpochMs | null>>;
}

const deviceHealth = (status: DeviceStatus, at: EpochMs): DeviceHealth => {
  const { id, protocol, connection, since, lastData, tags, badTags, cadence, driver, lastError } = status;
  return {
    ...{ id, protocol, connection, since, lastData, tags, badTags, cadence },
    latencyP99Ms: driver.latencyMs?.p99 ?? null,
    certificateDaysLeft: certificateDaysLeft(status, at),
    lastError: lastError && `${lastError.code}: ${lastError.detail}`,
  };
};

/** The same as a report to the chain, with every device. */
export function healthReport(
  { newest, ...details }: GatewayHealth,
  statuses: readonly DeviceStatus[],
  at: EpochMs,
): PartReport {
  const { devicesConnected, lossesOpen, isDurable } = details;
  const isWhole = devicesConnected === details.devices && lossesOpen === 0 && isDurable;
  const devices = statuses.map((status) => deviceHealth(status, at));
  return { state: isWhole ? "ok" : "degraded", newest, details, devices };
}
