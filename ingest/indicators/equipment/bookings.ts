import { notNegative } from "#shared/model/checks.ts";
import { coverageFloor } from "#shared/model/indicator.ts";
import { difference, type Interval, intersection, lengthMs, sumMs, union } from "#shared/model/interval.ts";
import { ratio } from "#shared/model/ratio.ts";
import { isAtLeast } from "#shared/model/threshold.ts";

const hourMs = 3_600_000;

/** U-19 booking fulfilment and U-20 unbooked use of one equipment; hours add up over equipment and time. */
export interface BookingUse {
  readonly bookedH: number;
  readonly usedH: number;
  readonly usedInBookedH: number;
  readonly fulfilment: number | null;
  readonly unbookedShare: number | null;
}

/**
 * From confirmed bookings and use (PRD with preparation and post-processing, ENG with a project): unions, so nothing
 * counts twice. Booked time in which the state was `unknown` leaves the denominator.
 */
export function bookingUse(
  bookings: readonly Interval[],
  usage: readonly Interval[],
  unknown: readonly Interval[] = [],
): BookingUse {
  const booked = difference(bookings, unknown);
  const used = union(usage);
  const usedMs = sumMs(used);
  const bookedMs = sumMs(booked);
  const bothMs = sumMs(intersection(booked, used));
  const unbookedMs = sumMs(difference(used, bookings));
  return {
    bookedH: bookedMs / hourMs,
    usedH: usedMs / hourMs,
    usedInBookedH: bothMs / hourMs,
    fulfilment: ratio(bothMs, bookedMs),
    unbookedShare: ratio(unbookedMs, usedMs),
  };
}

export interface Booking extends Interval {
  readonly isConfirmed: boolean;
}

/** U-21 no-shows of the confirmed bookings that end in `period`. */
export function noShows(
  bookings: readonly Booking[],
  usage: readonly Interval[],
  period: Interval,
  minUseS: number,
  unknown: readonly Interval[] = [],
): { readonly eligible: number; readonly noShows: number; readonly value: number | null } {
  notNegative(minUseS, "least use in s");
  const eligible = bookings.filter(
    (booking) =>
      booking.isConfirmed &&
      booking.to >= period.from &&
      booking.to < period.to &&
      isAtLeast(sumMs(difference([booking], unknown)), coverageFloor * lengthMs(booking)),
  );
  const unused = eligible.filter((booking) => sumMs(intersection([booking], usage)) < minUseS * 1_000);
  return { eligible: eligible.length, noShows: unused.length, value: ratio(unused.length, eligible.length) };
}
