import type { Clock } from "#shared/kit/clock.ts";
import type { Booking } from "#shared/model/booking.ts";
import { overlapMs } from "#shared/model/interval.ts";
import type { Recorded } from "#shared/model/revision.ts";
import type { Plant } from "#shared/plant/plant.ts";
import { bookingProblems, knownNames, type RecordProblem } from "#shared/plant/recordChecks.ts";
import type { RecordsWriter } from "#shared/store/records/port.ts";
import type { NewRevision } from "#shared/store/records/revisions.ts";
import type { BookingCommand } from "#shared/wire/command/booking.ts";
import type { Answer, Handlers } from "../commands.ts";
import {
  changedMeanwhile,
  contentOf,
  done,
  importOrigin,
  nextId,
  originOf,
  type RecordCommand,
  refused,
  refusedFor,
  refusedRow,
  revisionOf,
  unknownRecord,
} from "../recordDesk.ts";

interface Parts {
  readonly plant: Plant;
  readonly records: RecordsWriter;
  readonly clock: Clock;
}

const isSamePlace = (a: Booking, b: Booking): boolean => a.line === b.line && a.equipment === b.equipment;

/** What people do about bookings. A request may overlap others; what is confirmed is confirmed for one alone. */
export function bookingHandlers({ plant, records, clock }: Parts): Pick<Handlers, BookingCommand["kind"]> {
  const known = () => knownNames(plant, records, clock.now());

  /** A confirmed booking that stands in the way of another one. */
  const inTheWay = (booking: Booking, id: string, others: readonly Booking[] = []): readonly RecordProblem[] => {
    if (booking.state !== "confirmed") return [];
    const confirmed = [
      ...records.bookings(booking.from, booking.to).filter((other) => other.id !== id),
      ...others.map((other) => ({ ...other, id: "one before it in this import" })),
    ].filter((other) => other.state === "confirmed" && isSamePlace(other, booking) && overlapMs(other, booking) > 0);
    return confirmed.map((other) => ({
      key: "from",
      what: `${other.equipment} is booked for \`${other.tenant}\` in this time (${other.id})`,
    }));
  };
  const conflict = (problems: readonly RecordProblem[]): Answer => ({ ...refusedFor(problems), code: "CONFLICT" });

  const change = (
    command: RecordCommand & { readonly booking: string },
    why: string | null,
    body: (was: Recorded<Booking>) => Booking | Answer,
  ): Answer => {
    if (records.bookingCausedBy(originOf(command))) return done(command.booking);
    const was = records.booking(command.booking);
    if (!was) return unknownRecord("booking", command.booking);
    if (was.state === "cancelled") return refused("CONFLICT", `Booking ${was.id} is cancelled.`);
    const next = body(was);
    if ("outcome" in next) return next;
    const problems = inTheWay(next, was.id);
    if (problems.length > 0) return conflict(problems);
    records.addBookings([revisionOf(command, clock.now(), was.id, next, why)]);
    return done(was.id);
  };

  return {
    book: (command) => {
      const earlier = records.bookingCausedBy(originOf(command));
      if (earlier) return done(earlier.id);
      const problems = bookingProblems(command.booking, known());
      if (problems.length > 0) return refusedFor(problems);
      const taken = inTheWay(command.booking, "");
      if (taken.length > 0) return conflict(taken);
      const id = nextId("B", records.bookingCount() + 1);
      records.addBookings([revisionOf(command, clock.now(), id, command.booking, null)]);
      return done(id);
    },
    confirmBooking: (command) => change(command, null, (was) => ({ ...contentOf<Booking>(was), state: "confirmed" })),
    cancelBooking: (command) =>
      change(command, command.why, (was) => ({ ...contentOf<Booking>(was), state: "cancelled" })),
    moveBooking: (command) =>
      change(command, command.why, (was) => {
        if (was.revision.number !== command.revision) return changedMeanwhile(was);
        const next: Booking = { ...contentOf<Booking>(was), from: command.from, to: command.to };
        const problems = bookingProblems(next, known()).filter(({ key }) => key !== "tenant" && key !== "project");
        return problems.length > 0 ? refusedFor(problems) : next;
      }),
    importBookings: (command) => {
      const names = known();
      const now = clock.now();
      let count = records.bookingCount();
      const revisions: NewRevision<Booking>[] = [];
      for (const [i, booking] of command.bookings.entries()) {
        const origin = importOrigin("booking", booking);
        if (records.bookingCausedBy(origin)) continue;
        const taken = inTheWay(
          booking,
          "",
          revisions.map(({ record }) => record),
        );
        const problems = [...bookingProblems(booking, names), ...taken];
        if (problems.length > 0) return refusedRow(i, problems);
        count += 1;
        revisions.push(revisionOf(command, now, nextId("B", count), booking, "import", origin));
      }
      if (!command.dryRun) records.addBookings(revisions);
      return done(`${revisions.length}`);
    },
  };
}
