import type { EpochMs } from "./time.ts";

/** Writes instants in the plant's zone as ISO 8601 with offset: 2026-11-23T08:00:00.000+08:00. */
export function createLocalIso(timeZone: string): (at: EpochMs) => string {
  const format = new Intl.DateTimeFormat("sv-SE", {
    timeZone,
    dateStyle: "short",
    timeStyle: "medium",
  });
  const zone = new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "longOffset" });
  return (at) => {
    const offset =
      zone
        .formatToParts(at)
        .find(({ type }) => type === "timeZoneName")
        ?.value.slice(3) || "+00:00";
    return `${format.format(at).replace(" ", "T")}.${String(at % 1_000).padStart(3, "0")}${offset}`;
  };
}
