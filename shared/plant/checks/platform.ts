import { nearest, suggest } from "../nearest.ts";
import type { Plant } from "../plant.ts";
import type { Report } from "../problem.ts";

/** The platform's time zone, and the gateways that the devices name. */
export function checkPlatform({ platform, gateways, devices }: Plant, report: Report): void {
  if (!isTimeZone(platform.timeZone)) {
    const near = nearestZone(platform.timeZone);
    const remedy = near ? `did you mean \`${near}\`?` : "use an IANA zone; the one of China is Asia/Shanghai.";
    report("platform.timeZone", `time zone \`${platform.timeZone}\` does not exist`, remedy);
  }
  const known = gateways.map(({ id }) => id);
  for (const [i, { gateway }] of devices.entries()) {
    if (known.includes(gateway)) continue;
    report(`devices[${i}].gateway`, `gateway \`${gateway}\` does not exist`, suggest(gateway, known, "gateways"));
  }
}

/** By the city alone: all zones of a continent look alike. */
function nearestZone(written: string): string | undefined {
  const cityOf = (zone: string) => zone.slice(zone.lastIndexOf("/") + 1);
  const zones = Intl.supportedValuesOf("timeZone");
  const city = nearest(cityOf(written), zones.map(cityOf));
  return zones.find((zone) => city !== undefined && cityOf(zone) === city);
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    // The one way to ask: a RangeError is the answer no.
    return false;
  }
}
