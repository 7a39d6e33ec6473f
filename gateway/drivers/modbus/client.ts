import { CodedError } from "#shared/model/errors.ts";
import { type EpochMs, millis } from "#shared/model/time.ts";
import type { ByteOrder, ModbusAddress } from "#shared/plant/protocols/modbus.ts";
import { badReading, type DeviceOf, type Driver, type DriverEnv, type Protocol, type Reading } from "../../driver.ts";
import { type Lessons, type Outcome, readBlock } from "./block.ts";
import { decodeAt } from "./decode.ts";
import { describeException } from "./exceptions.ts";
import { createExchange, type Session, type Turn } from "./exchange.ts";
import { createFigures } from "./figures.ts";
import { createLearnt } from "./learnt.ts";
import { createLink, linkKey } from "./link.ts";
import { type ReadRequest, requestOf } from "./plan.ts";
import { createSeats, type Seat } from "./seats.ts";
import { createSilences } from "./silences.ts";
import { createPlanner, type Reads, type WantedSpan } from "./wanted.ts";
import { placeOf, warningsOf } from "./warnings.ts";

type ModbusDevice = DeviceOf<"modbus">;

/** A unit that leaves this many requests in a row unanswered counts as lost. */
const timeoutsToLose = 2;

/**
 * So often refused requests are halved in one read. Some wrong addresses are isolated within it; a device that refuses
 * hundreds is taken apart over several reads, and the others on its line are not kept waiting.
 */
const mostHalvings = 40;

/** One driver per device; devices behind one host and port, or on one serial line, share one connection. */
export function loadModbus(env: DriverEnv): Protocol<ModbusDevice, ModbusAddress> {
  const links = new Map<string, (unit: number) => Seat>();
  const seatOf = ({ connection }: ModbusDevice): Seat => {
    const key = linkKey(connection);
    const seats = links.get(key) ?? createSeats(createLink(connection, env));
    links.set(key, seats);
    return seats(connection.unit);
  };
  return { driver: (device) => createModbusDriver(device, seatOf(device), env) };
}

function createModbusDriver(device: ModbusDevice, seat: Seat, env: DriverEnv): Driver<ModbusAddress> {
  const { link } = seat;
  const { id, connection, polling } = device;
  const { unit, byteOrder } = connection;
  const { clock } = env;
  const learnt = createLearnt(polling.exclude);
  const readsOf = createPlanner(polling, learnt);
  const figures = createFigures(id, env.metrics, () => link.counts(unit));
  const exchange = createExchange(device, link, figures, clock);
  const inFlight = connection.transport === "tcp" ? connection.inFlight : 1;
  let session: Session | undefined;

  const notConnected = () => new CodedError("NOT_CONNECTED", `${id}: not connected.`);
  const lose = (lost: Session) => {
    // Reads of an earlier connection may fail late: the one that stands now is none of theirs.
    if (session !== lost) return;
    session = undefined;
    seat.leave();
  };

  const lessons: Omit<Lessons<WantedSpan>, "mayHalve"> = {
    refused: (span, exception) => {
      if (!learnt.refuse(span, exception, clock.monotonic())) return;
      const what = { device: id, tags: span.names, address: placeOf(span), exception: describeException(exception) };
      env.log.warn(what, "The device refuses an address; its tags are bad");
    },
    divided: (before) => {
      learnt.cut(before, clock.monotonic());
      const what = { device: id, before: placeOf(before) };
      env.log.info(what, "The device is not read across this place: a hole (polling.exclude) or polling.maxRegisters");
    },
  };

  const silences = createSilences({
    suspected: (span) => {
      learnt.suspect(span, clock.monotonic());
      env.log.info({ device: id, before: placeOf(span) }, "A request gets no answer while others do: it is divided");
    },
    silent: (span) => {
      if (!learnt.refuse(span, null, clock.monotonic())) return;
      const what = { device: id, tags: span.names, address: placeOf(span) };
      env.log.warn(what, "The device says nothing to an address, and answers others; its tags are bad");
    },
  });

  /** Up to `inFlight` requests at once, and a refused address again where it is time. */
  const readAll = async (reads: Reads, turn: Turn): Promise<ReadonlyMap<WantedSpan, Outcome>> => {
    const outcomes = new Map<WantedSpan, Outcome>();
    for (const span of reads.refused) {
      outcomes.set(span, { reason: learnt.refusalOf(span)?.exception === null ? "TIMEOUT" : "ADDRESS_UNKNOWN" });
    }
    let halvings = 0;
    const ofTurn = { ...lessons, mayHalve: () => ++halvings <= mostHalvings };
    const ask = async (request: ReadRequest<WantedSpan>) => {
      const reply = await exchange(request, turn);
      if (!("missing" in reply)) silences.answered(request);
      else if (reply.missing === "TIMEOUT") silences.silent(request);
      return reply;
    };
    // Another silence of an address that is known for it says nothing of the unit, and is not asked for twice.
    const aside: Turn = { ...turn, session: { proven: false, unanswered: 0 }, patience: Number.POSITIVE_INFINITY };
    const again = (span: WantedSpan) => {
      const how = learnt.refusalOf(span)?.exception === null ? aside : turn;
      return (request: ReadRequest<WantedSpan>) => exchange(request, how);
    };
    const waiting = reads.requests.values();
    const worker = async () => {
      for (const request of waiting) await readBlock(request, ask, outcomes, ofTurn);
    };
    await Promise.all(Array.from({ length: Math.min(inFlight, reads.requests.length) }, worker));
    // Not more than one refusal per turn; where the device has changed its mind, the others are due as well.
    for (let answered = true; answered; ) {
      const span = learnt.takeDue(reads.refused, clock.monotonic());
      answered = span !== undefined && (await readBlock(requestOf([span]), again(span), outcomes, ofTurn));
      if (span && answered) learnt.accept(span, clock.monotonic());
    }
    return outcomes;
  };

  return {
    connect: async (signal) => {
      await seat.take(millis(connection.timeoutMs), signal);
      session = { proven: false, unanswered: 0 };
    },
    read: async (points, signal) => {
      const now = session;
      if (!now) throw notConnected();
      const reads = readsOf(points, learnt.version(clock.monotonic()));
      const turn: Turn = {
        session: now,
        patience: now.proven ? timeoutsToLose : Math.min(timeoutsToLose, Math.max(1, reads.requests.length)),
        signal,
        check: () => {
          signal.throwIfAborted();
          if (session !== now) throw notConnected();
        },
      };
      try {
        const outcomes = await readAll(reads, turn);
        const late = clock.now();
        return points.map(({ address }, i) => {
          const span = reads.spanOf[i];
          return readingOf(address, span && outcomes.get(span), late, byteOrder);
        });
      } catch (error) {
        lose(now);
        throw error;
      }
    },
    diagnosis: () => ({
      warnings: warningsOf(id, learnt.refusals(), link.counts(unit)),
      counters: { ...figures.counters(), "refused addresses": learnt.refusals().length, splits: learnt.cutCount() },
      latencyMs: figures.latency(),
      certificates: [],
    }),
    [Symbol.asyncDispose]: async () => {
      session = undefined;
      seat.leave();
    },
  };
}

/** No outcome has only what no request may touch: an excluded address. */
function readingOf(address: ModbusAddress, outcome: Outcome | undefined, now: EpochMs, order: ByteOrder): Reading {
  if (!outcome || "reason" in outcome) return badReading(outcome?.reason ?? "ADDRESS_UNKNOWN", now);
  const decoded = decodeAt(address, outcome.start, outcome.data, order);
  if ("refused" in decoded) return badReading(decoded.refused, outcome.at);
  return { at: outcome.at, quality: "good", value: decoded.value };
}
