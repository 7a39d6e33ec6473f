import type { Booking } from "#shared/model/booking.ts";
import type { Recorded } from "#shared/model/revision.ts";
import type { EpochMs } from "#shared/model/time.ts";
import type { Plant } from "#shared/plant/plant.ts";

const stamp = (at: EpochMs): string => `${new Date(at).toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z`;

/** RFC 5545, 3.3.11: text. */
const text = (value: string): string =>
  value.replaceAll("\\", "\\\\").replaceAll(";", "\\;").replaceAll(",", "\\,").replaceAll(/\r?\n/g, "\\n");

/** RFC 5545, 3.1: lines of at most 75 octets, folded by a space, never inside a character. */
function folded(line: string): string {
  const parts: string[] = [];
  let part = "";
  let bytes = 0;
  for (const character of line) {
    const size = Buffer.byteLength(character);
    if (bytes + size > 75) {
      parts.push(part);
      part = " ";
      bytes = 1;
    }
    part += character;
    bytes += size;
  }
  return [...parts, part].join("\r\n");
}

const status = { requested: "TENTATIVE", confirmed: "CONFIRMED", cancelled: "CANCELLED" } as const;

/** Bookings as an iCalendar file that calendars subscribe to. */
export function calendarFile(bookings: readonly Recorded<Booking>[], plant: Plant, now: EpochMs): string {
  const names = new Map(
    plant.lines.flatMap((line) => line.equipment.map(({ id, name }) => [`${line.id}/${id}`, name.zh] as const)),
  );
  const events = bookings.flatMap(({ id, revision, line, equipment, from, to, tenant, project, state, note }) => [
    "BEGIN:VEVENT",
    `UID:${id}@${plant.platform.id}.pilotline`,
    `DTSTAMP:${stamp(now)}`,
    `SEQUENCE:${revision.number - 1}`,
    `DTSTART:${stamp(from)}`,
    `DTEND:${stamp(to)}`,
    `SUMMARY:${text(`${names.get(`${line}/${equipment}`) ?? equipment} · ${tenant}${project ? ` · ${project}` : ""}`)}`,
    `LOCATION:${text(`${line}/${equipment}`)}`,
    ...(note ? [`DESCRIPTION:${text(note)}`] : []),
    `STATUS:${status[state]}`,
    "END:VEVENT",
  ]);
  const head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Pilotline//Bookings//EN", "CALSCALE:GREGORIAN"];
  return [...head, ...events, "END:VCALENDAR", ""].map(folded).join("\r\n");
}
