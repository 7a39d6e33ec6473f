import { CodedError } from "#shared/model/errors.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";

const unitsMs = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * The instant that an option names: ISO 8601 (`2026-03-01`, `2026-03-01T08:00+08:00`; UTC where it names no offset), or
 * `90m`, `24h`, `7d` before `now`. Throws `CONFIG` naming the option.
 */
export function timeOption(name: string, text: string, now: EpochMs): EpochMs {
  const [, count, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  if (count && unit) return instant(now - Number(count) * unitsMs[unit as keyof typeof unitsMs]);
  const iso = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)(Z|[+-]\d\d:\d\d)?)?$/.exec(text);
  const at = iso ? Date.parse(`${iso[1]}T${iso[2] ?? "00:00"}${iso[3] ?? "Z"}`) : Number.NaN;
  if (Number.isFinite(at)) return instant(at);
  throw new CodedError(
    "CONFIG",
    `--${name} takes an instant such as 2026-03-01 or 2026-03-01T08:00+08:00, or 90m, 24h, 7d before now; got \`${text}\`.`,
  );
}
