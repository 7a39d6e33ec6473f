import type { Clock } from "#shared/kit/clock.ts";
import type { Log } from "#shared/kit/log.ts";
import type { Metrics } from "#shared/kit/metrics.ts";
import type { ErrorCode } from "#shared/model/errors.ts";
import type { TagValue } from "#shared/model/sample.ts";
import type { DurationMs, EpochMs } from "#shared/model/time.ts";
import type { Device, PlantTag } from "#shared/plant/plant.ts";
import type { ProtocolName } from "#shared/plant/protocols/registry.ts";

/** What a device said of one point: the raw value before scaling, its quality, its source time. */
export type Reading = GoodReading | BadReading;
interface ReadingStamp {
  readonly at: EpochMs;
  /** Of the time before a connection: goes on beside what is live, and is no current value. */
  readonly historical?: true;
}
export interface GoodReading extends ReadingStamp {
  readonly quality: "good" | "uncertain";
  readonly value: TagValue;
  /** Why the value is only uncertain. */
  readonly reason?: ErrorCode;
}
export interface BadReading extends ReadingStamp {
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
  /** Time between two readings, where the point has a rate of its own; the device's polling else. */
  readonly period?: DurationMs;
  /** Changes up to this are not wanted: a device that can drop them saves traffic. */
  readonly deadband?: Deadband;
  /** The tag that is read, as the plant model describes it: to hold the device's own words against. */
  readonly tag?: PlantTag;
}

/** In raw units, before scaling; `percent` of the device's own range where the plant model says it so. */
export interface Deadband {
  readonly raw: number;
  readonly percent?: number;
}

/** A connection to one device. There is no write: a monitoring gateway that cannot write cannot be made to (D13). */
export interface Driver<Address> extends AsyncDisposable {
  /**
   * Opens the connection; rejects with `NOT_CONNECTED` or `TIMEOUT`, with `UNTRUSTED` where the device's certificate is
   * not trusted, with `FORBIDDEN` where it refuses the user. May be called again after a failure and leaks nothing of
   * the earlier connection.
   */
  connect(signal: AbortSignal): Promise<void>;
  /**
   * One reading per point, same order. A point that fails is a bad reading; only a lost connection rejects, with
   * `NOT_CONNECTED` or `TIMEOUT`.
   */
  read(points: readonly Point<Address>[], signal: AbortSignal): Promise<readonly Reading[]>;
  /**
   * For protocols that push: `push(index, reading)` per change, in the order of the device; readings marked
   * `historical` may come at any time. Resolves when `signal` aborts; rejects with `NOT_CONNECTED` or `TIMEOUT` when the
   * connection is lost. Pending means alive.
   */
  subscribe?(
    points: readonly Point<Address>[],
    push: (index: number, reading: Reading) => void,
    signal: AbortSignal,
  ): Promise<void>;
  /** How the driver does with its device; cheap, asked for every few seconds. */
  diagnosis(): DriverDiagnosis;
}

/** What a driver knows of its device besides readings: for the status page and the node metrics. */
export interface DriverDiagnosis {
  /** Conditions that stand until somebody acts, each a sentence that names both sides and the remedy. */
  readonly warnings: readonly string[];
  /** Since the start, by name: requests, retries, bad frames, `exception 2`, overflows, rebuilt subscriptions … */
  readonly counters: Readonly<Record<string, number>>;
  /** From request to answer in ms, over the newest few hundred; null while there was none. */
  readonly latencyMs: { readonly p50: number; readonly p99: number } | null;
  readonly certificates: readonly CertificateNote[];
}

export interface CertificateNote {
  readonly whose: "own" | "device";
  /** SHA-1, upper-case hexadecimal, as servers display it. */
  readonly thumbprint: string;
  readonly validTo: EpochMs;
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

/** A protocol. The module is light; its protocol stack is loaded by `load`. */
export interface DriverModule<D extends Device, Address> {
  /** Time between the starts of two reads, where the driver does not push and the point says nothing else. */
  pollPeriod(device: D): DurationMs;
  load(env: DriverEnv): Promise<Protocol<D, Address>>;
}

/** A protocol that is ready for devices. */
export interface Protocol<D extends Device, Address> {
  /** A driver of its own per device. Devices behind one connection share it, also those that come later. No I/O. */
  driver(device: D): Driver<Address>;
}
