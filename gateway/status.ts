import type { ErrorCode } from "#shared/model/errors.ts";
import type { EpochMs } from "#shared/model/time.ts";
import type { DriverDiagnosis } from "./driver.ts";

/** How the acquisition of one device does: what the status page, the node metrics and the health message show. */
export interface DeviceStatus {
  readonly id: string;
  readonly protocol: string;
  /** `connecting`: the first attempt has no outcome yet. */
  readonly connection: "connecting" | "connected" | "lost";
  /** Since when the connection is so. */
  readonly since: EpochMs;
  /** When the newest reading came in; null while there was none. */
  readonly lastData: EpochMs | null;
  /** Why the connection was lost or did not come about the last time; stays when it is there again. */
  readonly lastError: DeviceError | null;
  readonly tags: number;
  /** Tags that are bad now, and tags without a value yet. */
  readonly badTags: number;
  readonly unreadTags: number;
  /** Share of the polls due in the last ten minutes that were made, from 0 to 1; null where nothing is polled. */
  readonly cadence: number | null;
  readonly driver: DriverDiagnosis;
}

export interface DeviceError {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly at: EpochMs;
}

const dayMs = 86_400_000;

/** Whole days until the first of the device's certificates, or of ours for it, runs out; negative when it has. */
export function certificateDaysLeft({ driver }: Pick<DeviceStatus, "driver">, at: EpochMs): number | null {
  const ends = driver.certificates.map(({ validTo }) => validTo);
  return ends.length === 0 ? null : Math.floor((Math.min(...ends) - at) / dayMs);
}
