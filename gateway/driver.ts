import type { Clock } from "#shared/kit/clock.ts";
import type { Log } from "#shared/kit/log.ts";
import type { Metrics } from "#shared/kit/metrics.ts";
import type { ErrorCode } from "#shared/model/errors.ts";
import type { TagValue } from "#shared/model/sample.ts";
import type { DurationMs, EpochMs } from "#shared/model/time.ts";
import type { Device } from "#shared/plant/plant.ts";
import type { ProtocolName } from "#shared/plant/protocols/registry.ts";

/** What a device said of one point: the raw value before scaling, its quality, its source time. */
export type Reading = GoodReading | BadReading;
export interface GoodReading {
  readonly at: EpochMs;
  readonly quality: "good" | "uncertain";
  readonly value: TagValue;
  /** Why the value is only uncertain. */
  readonly reason?: ErrorCode;
}
export interface BadReading {
  readonly at: EpochMs;
  readonly quality: "bad";
  readonly value: null;
  readonly reason: ErrorCode;
}

export const badReading = (reason: ErrorCode, at: EpochMs): BadReading => ({ at, quality: "bad", value: null, reason });

/** One value that is wanted of a device. */
export interface Point<Address> {
  readonly address: Address;
  /** `every`: each new source time is wanted, also of an unchanged value. */
  readonly report: "change" | "every";
}

/** A connection to one device. There is no write: a monitoring gateway that cannot write cannot be made to (D13). */
export interface Driver<Address> extends AsyncDisposable {
  /**
   * Opens the connection; rejects with `NOT_CONNECTED` or `TIMEOUT`. May be called again after a failure and leaks
   * nothing of the earlier connection.
   */
  connect(signal: AbortSignal): Promise<void>;
  /**
   * One reading per point, same order. A point that fails is a bad reading; only a lost connection rejects, with
   * `NOT_CONNECTED` or `TIMEOUT`.
   */
  read(points: readonly Point<Address>[], signal: AbortSignal): Promise<readonly Reading[]>;
  /**
   * For protocols that push: `push(index, reading)` per change, in the order of the device. Resolves when `signal`
   * aborts; rejects with `NOT_CONNECTED` or `TIMEOUT` when the connection is lost. Pending means alive.
   */
  subscribe?(
    points: readonly Point<Address>[],
    push: (index: number, reading: Reading) => void,
    signal: AbortSignal,
  ): Promise<void>;
}

/** What a driver gets of the world. */
export interface DriverEnv {
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Where the protocol may keep files of its own, for example certificates. */
  readonly folder: string;
}

export type DeviceOf<P extends ProtocolName> = Extract<Device, { protocol: P }>;

/** A protocol. The module is light; its protocol stack is loaded by `open`. */
export interface DriverModule<D extends Device, Address> {
  /** Time between the starts of two reads, where the driver does not push. */
  pollPeriod(device: D): DurationMs;
  /** Drivers of all devices of the protocol by device id, together so that they can share a connection. No I/O to devices. */
  open(devices: readonly D[], env: DriverEnv): Promise<ReadonlyMap<string, Driver<Address>>>;
}
