import type { Booking } from "#shared/model/booking.ts";
import type { Recorded } from "#shared/model/revision.ts";
import type { EpochMs } from "#shared/model/time.ts";
import { family } from "./family.ts";
import { type NewRevision, revisionReads, revisionSql, revisionWrites } from "./revisions.ts";

/** Reading bookings. */
export interface BookingReader {
  /** Bookings that overlap `[from, to)`, by their start; cancelled ones among them. */
  bookings(from: EpochMs, to: EpochMs): readonly Recorded<Booking>[];
  booking(id: string): Recorded<Booking> | undefined;
  /** Every revision, the first one first. */
  bookingHistory(id: string): readonly Recorded<Booking>[];
  /** The revision that a command caused. */
  bookingCausedBy(origin: string): Recorded<Booking> | undefined;
  bookingCount(): number;
}

export interface BookingWriter {
  /** All or none; a revision whose origin is known already is left out. */
  addBookings(revisions: readonly NewRevision<Booking>[]): void;
}

export const bookings = family({
  sql: revisionSql("booking_revision"),
  reads: (rows): BookingReader => {
    const { between, newest, history, causedBy, count } = revisionReads<Booking>(rows);
    return {
      bookings: between,
      booking: newest,
      bookingHistory: history,
      bookingCausedBy: causedBy,
      bookingCount: count,
    };
  },
  writes: (durably): BookingWriter => ({ addBookings: revisionWrites<Booking>(durably, (booking) => booking) }),
});
