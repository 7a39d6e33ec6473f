import type { EpochMs } from "./time.ts";

export const bookingStates = ["requested", "confirmed", "cancelled"] as const;
export type BookingState = (typeof bookingStates)[number];

/** Time of one equipment that is kept for a tenant. Only what is confirmed counts (catalogue U-19 … U-22). */
export interface Booking {
  readonly line: string;
  readonly equipment: string;
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly tenant: string;
  readonly project: string | null;
  readonly state: BookingState;
  readonly note: string | null;
}

/** Less use than this inside a booking is a no-show, in s; a proposal of the catalogue, U-21. */
export const noShowBelowS = 300;
