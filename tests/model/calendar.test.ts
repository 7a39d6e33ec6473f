import fc from "fast-check";
import { expect, test } from "vitest";
import { calendar } from "#shared/model/calendar.ts";
import { hours, instant } from "#shared/model/time.ts";

const zones = ["Asia/Shanghai", "Europe/Berlin", "America/Havana", "Atlantic/Azores", "Pacific/Apia"];
const kinds = ["day", "month", "quarter", "year"] as const;

test("a period does not depend on what was asked before, also where clocks are put over midnight", () => {
  // The autumn of 2025: Havana and the Azores show an hour around midnight twice.
  const instants = fc.integer({ min: Date.UTC(2025, 9, 24), max: Date.UTC(2025, 10, 4) });
  const steps = fc.array(fc.tuple(instants, fc.constantFrom(...kinds)), { minLength: 2, maxLength: 40 });
  fc.assert(
    fc.property(fc.constantFrom(...zones), steps, (zone, asked) => {
      const one = calendar(zone);
      for (const [at, kind] of asked)
        expect(one.periodAt(kind, instant(at))).toEqual(calendar(zone).periodAt(kind, instant(at)));
    }),
    { numRuns: 60 },
  );
  for (const zone of zones) {
    const one = calendar(zone);
    for (let at = Date.UTC(2025, 9, 24); at < Date.UTC(2025, 10, 4); at += hours(0.5)) {
      expect(one.periodAt("day", instant(at))).toEqual(calendar(zone).periodAt("day", instant(at)));
    }
  }
});
