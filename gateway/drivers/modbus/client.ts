import { CodedError, type ErrorCode } from "#shared/model/errors.ts";
import { millis, minutes } from "#shared/model/time.ts";
import type { ModbusAddress } from "#shared/plant/protocols/modbus.ts";
import {
  badReading,
  type DeviceOf,
  type Driver,
  type DriverEnv,
  type Point,
  type Protocol,
  type Reading,
} from "../../driver.ts";
import { decodeAt, spanOf } from "./decode.ts";
import { createLink, type Link } from "./link.ts";
import { cutBefore, planReads, type ReadRequest, type Span } from "./plan.ts";

type ModbusDevice = DeviceOf<"modbus">;

/** A tag that the device refused is asked for again after this time. */
const refusedRetry = minutes(1);
/** A unit that leaves this many requests in a row unanswered counts as lost. */
const timeoutsToLose = 2;

/** Exception codes: Modbus Application Protocol V1.1b3, 7. */
const reasonOf: Readonly<Record<number, ErrorCode>> = {
  1: "ADDRESS_UNKNOWN",
  2: "ADDRESS_UNKNOWN",
  3: "ADDRESS_UNKNOWN",
};
/** The codes 10 and 11 come from a gateway whose unit is away. */
const unitAway = new Set([10, 11]);
/** A merged request gets these when one of its registers does not exist, or when it is too long for the device. */
const refusesAddress = (exception: number): boolean => reasonOf[exception] === "ADDRESS_UNKNOWN";

/** One driver per device; devices behind one host and port share one connection. */
export function loadModbus(env: DriverEnv): Protocol<ModbusDevice, ModbusAddress> {
  const links = new Map<string, Link>();
  const linkOf = ({ connection }: ModbusDevice): Link => {
    if (connection.transport !== "tcp") throw new CodedError("CONFIG", `${connection.transport} is not built yet.`);
    const { host, port } = connection;
    const key = `${host}:${port}`;
    const link = links.get(key) ?? createLink(host, port, env.clock);
    links.set(key, link);
    return link;
  };
  return { driver: (device) => createModbusDriver(device, linkOf(device), env) };
}

function createModbusDriver(device: ModbusDevice, link: Link, env: DriverEnv): Driver<ModbusAddress> {
  const { unit, byteOrder } = device.connection;
  const timeout = millis(device.connection.timeoutMs);
  const requests = env.metrics.counter("gateway_modbus_requests_total", "Modbus requests, by device and outcome.");
  const count = (outcome: string) => requests.add(1, { device: device.id, outcome });
  /** Learnt from this device since it was connected. */
  const learnt = { cuts: new Set<string>(), refused: new Map<string, { until: number; reason: ErrorCode }>() };
  let timeouts = 0;

  const keyOf = (span: Span) => `${span.table}:${span.start}+${span.count}`;

  /** Readings by span, so that two tags in one register are read once. Resolves to whether this one request was answered. */
  const readRequest = async (request: ReadRequest, readings: Map<string, Outcome>): Promise<boolean> => {
    let answer: Awaited<ReturnType<Link["request"]>>;
    try {
      answer = await link.request(unit, timeout, request);
    } catch (error) {
      if (!(error instanceof CodedError) || error.code === "NOT_CONNECTED") throw error;
      count(error.code === "TIMEOUT" ? "timeout" : "malformed");
      timeouts += error.code === "TIMEOUT" ? 1 : 0;
      if (timeouts >= timeoutsToLose) throw error;
      for (const span of request.spans) readings.set(keyOf(span), { reason: error.code });
      return false;
    }
    timeouts = 0;
    if (!("exception" in answer)) {
      count("answered");
      for (const span of request.spans) readings.set(keyOf(span), { ...answer, start: request.start });
      return true;
    }
    count("refused");
    const { exception } = answer;
    if (unitAway.has(exception)) {
      throw new CodedError(
        "NOT_CONNECTED",
        `${device.id}: the Modbus gateway reports the unit as away (${exception}).`,
      );
    }
    if (refusesAddress(exception) && request.spans.length > 1) return isolate(request, readings);
    for (const span of request.spans) {
      const reason = reasonOf[exception] ?? "DEVICE_FAULT";
      readings.set(keyOf(span), { reason });
      if (refusesAddress(exception)) refuse(span, reason, exception);
    }
    return false;
  };

  /**
   * Halves a refused request until the bad value stands alone. Two halves that are both answered were refused only
   * for what lies between them, or for their length: they are not merged again.
   */
  const isolate = async ({ spans, table }: ReadRequest, readings: Map<string, Outcome>): Promise<false> => {
    const middle = spans.length >> 1;
    let bothAnswered = true;
    for (const half of [spans.slice(0, middle), spans.slice(middle)]) {
      const start = Math.min(...half.map((span) => span.start));
      const end = Math.max(...half.map((span) => span.start + span.count));
      const answered = await readRequest({ table, start, count: end - start, spans: half }, readings);
      bothAnswered &&= answered;
    }
    const second = spans[middle];
    if (bothAnswered && second) learnt.cuts.add(cutBefore(second));
    return false;
  };

  const refuse = (span: Span, reason: ErrorCode, exception: number) => {
    const known = learnt.refused.has(keyOf(span));
    learnt.refused.set(keyOf(span), { until: env.clock.monotonic() + refusedRetry, reason });
    if (!known) {
      env.log.warn({ device: device.id, ...span, exception }, "The device refuses an address; its tag is bad");
    }
  };

  return {
    connect: async () => {
      learnt.cuts.clear();
      learnt.refused.clear();
      timeouts = 0;
      await link.attach(unit, timeout);
    },
    read: async (points, signal) => {
      const now = env.clock.monotonic();
      const readings = new Map<string, Outcome>();
      const spans = new Map(points.map(({ address }) => [keyOf(spanOf(address)), spanOf(address)]));
      for (const [key, { until, reason }] of learnt.refused) {
        if (now < until && spans.delete(key)) readings.set(key, { reason });
      }
      try {
        for (const request of planReads([...spans.values()], device.polling, learnt.cuts)) {
          signal.throwIfAborted();
          await readRequest(request, readings);
        }
      } catch (error) {
        link.detach(unit);
        throw error;
      }
      return points.map(({ address }: Point<ModbusAddress>) =>
        readingOf(address, readings.get(keyOf(spanOf(address))), env.clock.now(), byteOrder),
      );
    },
    diagnosis: () => ({ warnings: [], counters: {}, latencyMs: null, certificates: [] }),
    [Symbol.asyncDispose]: async () => link.detach(unit),
  };
}

type Outcome =
  | { readonly data: Uint8Array; readonly at: Reading["at"]; readonly start: number }
  | { readonly reason: ErrorCode };

function readingOf(
  address: ModbusAddress,
  outcome: Outcome | undefined,
  now: Reading["at"],
  byteOrder: Parameters<typeof decodeAt>[3],
): Reading {
  if (!outcome || "reason" in outcome) return badReading(outcome?.reason ?? "UNKNOWN", now);
  const value = decodeAt(address, outcome.start, outcome.data, byteOrder);
  if (typeof value !== "number" && typeof value !== "bigint") return { at: outcome.at, quality: "good", value };
  const number = Number(value);
  if (typeof value === "bigint" && !Number.isSafeInteger(number)) return badReading("OUT_OF_RANGE", outcome.at);
  return { at: outcome.at, quality: "good", value: number };
}
