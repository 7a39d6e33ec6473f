import { type Static, Type } from "typebox";
import { Instant } from "../derivedSchemas.ts";
import { DryRun, importedAtOnce, orNull, PlantId, RecordId, SeenRevision, Text, Why } from "./fields.ts";
import { head } from "./head.ts";

const closed = { additionalProperties: false };

export const NewBookingSchema = Type.Object(
  {
    line: PlantId,
    equipment: PlantId,
    from: Instant,
    to: Instant,
    tenant: PlantId,
    project: orNull(PlantId),
    state: Type.Enum(["requested", "confirmed"]),
    note: orNull(Text),
  },
  closed,
);

/** What a person does about bookings. */
export const BookingCommandSchema = Type.Union([
  Type.Object({ ...head, kind: Type.Literal("book"), booking: NewBookingSchema }),
  Type.Object({ ...head, kind: Type.Literal("confirmBooking"), booking: RecordId }),
  Type.Object({ ...head, kind: Type.Literal("cancelBooking"), booking: RecordId, why: Why }),
  Type.Object({
    ...head,
    kind: Type.Literal("moveBooking"),
    booking: RecordId,
    revision: SeenRevision,
    from: Instant,
    to: Instant,
    why: Why,
  }),
  Type.Object({
    ...head,
    kind: Type.Literal("importBookings"),
    bookings: Type.Array(NewBookingSchema, { minItems: 1, maxItems: importedAtOnce }),
    dryRun: DryRun,
  }),
]);

export type BookingCommand = Static<typeof BookingCommandSchema>;
export type NewBooking = Static<typeof NewBookingSchema>;
