import { type Static, Type } from "typebox";
import { CodedError } from "#shared/model/errors.ts";
import type { RecordsReader } from "#shared/store/records/port.ts";
import { NewBookingSchema } from "#shared/wire/command/booking.ts";
import { SeenRevision, Why } from "#shared/wire/command/fields.ts";
import { Instant } from "#shared/wire/derivedSchemas.ts";
import type { Dependencies } from "../context.ts";
import type { App } from "../http.ts";
import { calendarFile } from "../records/calendarFile.ts";
import { type AddCommand, commandRoutes } from "./commandRoutes.ts";
import { parseRecordRange } from "./runs.ts";
import { ProblemSchema } from "./schemas.ts";
import { TimeQuery } from "./times.ts";

const closed = { additionalProperties: false };
const Params = Type.Object({ booking: Type.String({ pattern: "^B\\d{6,9}$" }) });
const range = { from: TimeQuery("Start, included."), to: TimeQuery("End, excluded.") };

/** Bookings: the calendar, and what people do about them. */
export function bookingRoutes(app: App, dependencies: Dependencies): void {
  const { plant, records, clock } = dependencies;
  app.get(
    "/api/bookings",
    {
      schema: {
        tags: ["bookings"],
        summary: "Bookings that overlap a range, by their start; cancelled ones among them",
        querystring: Type.Object(range, closed),
        response: { 200: Type.Object({ bookings: Type.Array(Type.Unknown()) }), 400: ProblemSchema },
      },
    },
    async ({ query }) => {
      const { from, to } = parseRecordRange(query);
      return { bookings: records.bookings(from, to) };
    },
  );
  app.get(
    "/api/bookings.ics",
    {
      schema: {
        tags: ["bookings"],
        summary: "Bookings of a range as iCalendar (RFC 5545)",
        querystring: Type.Object({ ...range, line: Type.Optional(Type.String({ maxLength: 63 })) }, closed),
        response: { 400: ProblemSchema },
      },
    },
    async ({ query }, reply) => {
      const { from, to } = parseRecordRange(query);
      const bookings = records.bookings(from, to).filter(({ line }) => query.line === undefined || line === query.line);
      return reply
        .type("text/calendar; charset=utf-8")
        .header("content-disposition", 'attachment; filename="bookings.ics"')
        .send(calendarFile(bookings, plant, clock.now()));
    },
  );
  commands(commandRoutes(app, dependencies), records);
}

function commands(add: AddCommand, records: RecordsReader): void {
  const existing = ({ booking }: Static<typeof Params>): string => {
    if (records.booking(booking)) return booking;
    throw new CodedError("NOT_FOUND", `There is no booking ${booking}.`);
  };
  add({
    path: "/api/bookings",
    tag: "bookings",
    summary: "Book an equipment, as a request or confirmed",
    params: Type.Object({}),
    body: NewBookingSchema,
    action: "booking.create",
    target: (_, { line, equipment }) => `${line}/${equipment}`,
    act: (_, booking) => ({ kind: "book", booking }),
  });
  add({
    path: "/api/bookings/:booking/confirm",
    tag: "bookings",
    summary: "Confirm a booking; refused where another one is confirmed for the same time",
    params: Params,
    body: Type.Object({}, closed),
    action: "booking.confirm",
    target: existing,
    act: ({ booking }) => ({ kind: "confirmBooking", booking }),
  });
  add({
    path: "/api/bookings/:booking/cancel",
    tag: "bookings",
    summary: "Cancel a booking",
    params: Params,
    body: Type.Object({ why: Why }, closed),
    action: "booking.cancel",
    target: existing,
    act: ({ booking }, { why }) => ({ kind: "cancelBooking", booking, why }),
  });
  add({
    path: "/api/bookings/:booking/move",
    tag: "bookings",
    summary: "Move a booking to another time",
    params: Params,
    body: Type.Object({ revision: SeenRevision, from: Instant, to: Instant, why: Why }, closed),
    action: "booking.move",
    target: existing,
    act: ({ booking }, body) => ({ kind: "moveBooking", booking, ...body }),
  });
}
