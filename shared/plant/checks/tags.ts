import { spellings } from "#shared/model/unitAtoms.ts";
import { parseUnit, ucumFor } from "#shared/model/units.ts";
import { nearest, suggest } from "../nearest.ts";
import type { Calibration, Plant } from "../plant.ts";
import type { Report } from "../problem.ts";
import type { TagConfig } from "../schema.ts";
import { staleAfterMsOf } from "../staleness.ts";
import { dayPattern } from "../tagSchema.ts";

/** Each tag by itself and with its device: unit, bands, deadband, times. */
export function checkTags({ devices, lines }: Plant, report: Report): void {
  const known = devices.map(({ id }) => id);
  for (const [d, { calibration }] of devices.entries())
    checkCalibration(calibration, `devices[${d}].calibration`, report);
  const units = new Map<string, UnitMistake | undefined>();
  for (const [l, line] of lines.entries()) {
    for (const [e, { tags }] of line.equipment.entries()) {
      for (const [t, tag] of tags.entries()) {
        const path = `lines[${l}].equipment[${e}].tags[${t}]`;
        if (!units.has(tag.unit)) units.set(tag.unit, unitMistake(tag.unit));
        const wrong = units.get(tag.unit);
        if (wrong) report(`${path}.unit`, wrong.what, wrong.remedy);
        if (!known.includes(tag.device)) {
          report(`${path}.device`, `device \`${tag.device}\` does not exist`, suggest(tag.device, known, "devices"));
        }
        if (tag.type === "float" || tag.type === "int") checkNumbers(tag, path, report);
        else refuseNumbers(tag, path, report);
        checkTimes(tag, path, report);
        checkCalibration(tag.calibration, `${path}.calibration`, report);
      }
    }
  }
}

interface UnitMistake {
  readonly what: string;
  readonly remedy: string;
}

function unitMistake(code: string): UnitMistake | undefined {
  const meant = ucumFor(code);
  if (parseUnit(code)) {
    if (meant === undefined) return undefined;
    return { what: `\`${code}\` is the UCUM code of another quantity`, remedy: `did you mean \`${meant}\`?` };
  }
  const what = `\`${code}\` is no unit of UCUM`;
  if (meant !== undefined) return { what, remedy: `write \`${meant}\`.` };
  const near = nearest(code, [...new Set([...Object.values(spellings), ...frequentUnits])]);
  if (near !== undefined) return { what, remedy: `did you mean \`${near}\`?` };
  return { what, remedy: "use a UCUM code, for example Cel, kPa, kW.h, m3/h, L/min, or 1 for a plain number." };
}

/** Offered besides those that have a common misspelling. */
const frequentUnits = ["kPa", "MPa", "mm", "kg", "kg/h", "mg/L", "g/L", "m/min", "L/min", "kW", "Hz"];

function checkNumbers(tag: TagConfig, path: string, report: Report): void {
  const { range, normal, deadband } = tag;
  for (const [key, band] of Object.entries({ range, normal })) {
    const [low = 0, high = 0] = band ?? [0, 1];
    if (low >= high) report(`${path}.${key}`, `low ${low} is not below high ${high}`, "write [low, high].");
  }
  if (tag.scale?.factor === 0) {
    report(`${path}.scale.factor`, "every raw number would become the offset", "use a factor other than 0.");
  }
  if (tag.deadbandPercent !== undefined && tag.deadband > 0) {
    report(`${path}.deadbandPercent`, "the tag has a deadband in its unit already", "remove one of the two.");
  } else if (tag.deadbandPercent !== undefined && !range) {
    report(`${path}.deadbandPercent`, "percent of what? The tag has no range", "add the range, or use deadband.");
  }
  const [low, high] = range ?? [];
  if (low === undefined || high === undefined || low >= high) return;
  const [normalLow = low, normalHigh = high] = normal ?? [];
  if (normalLow < low || normalHigh > high) {
    const what = `[${normalLow}, ${normalHigh}] reaches beyond the range [${low}, ${high}]`;
    report(`${path}.normal`, what, "a value out there is out of range and never normal.");
  }
  if (deadband >= high - low) {
    const what = `${deadband} is as wide as the range [${low}, ${high}]`;
    report(`${path}.deadband`, what, "no change would ever be reported: use a small part of the range.");
  }
}

/** Keys that have a meaning for numbers only. */
function refuseNumbers(tag: TagConfig, path: string, report: Report): void {
  const given: Readonly<Record<string, boolean>> = {
    unit: tag.unit !== "1",
    scale: tag.scale !== undefined,
    range: tag.range !== undefined,
    normal: tag.normal !== undefined,
    deadband: tag.deadband > 0,
    deadbandPercent: tag.deadbandPercent !== undefined,
    invalid: tag.invalid !== undefined,
  };
  for (const [key, written] of Object.entries(given)) {
    if (written)
      report(`${path}.${key}`, `a tag of type ${tag.type} has no ${key}`, "remove the key, or correct the type.");
  }
}

/** A day that the calendar has: 2026-02-30 has the form and is none. */
function checkCalibration(calibration: Calibration | undefined, path: string, report: Report): void {
  if (!calibration) return;
  const { due } = calibration;
  // Another form is a mistake of its own, and told already.
  if (!new RegExp(dayPattern).test(due)) return;
  const day = new Date(`${due}T00:00:00Z`);
  if (!Number.isNaN(day.getTime()) && day.toISOString().startsWith(due)) return;
  report(`${path}.due`, `\`${due}\` is no day of the calendar`, "write it as YYYY-MM-DD.");
}

function checkTimes(tag: TagConfig, path: string, report: Report): void {
  const staleAfterMs = staleAfterMsOf(tag);
  if (tag.minIntervalMs >= tag.heartbeatMs) {
    const what = `${tag.minIntervalMs} is not below heartbeatMs ${tag.heartbeatMs}`;
    report(`${path}.minIntervalMs`, what, "lower it: a value is reported at least once per heartbeat.");
  }
  if (staleAfterMs > tag.heartbeatMs) return;
  const what = `${staleAfterMs} is not above heartbeatMs ${tag.heartbeatMs}`;
  report(
    `${path}.staleAfterMs`,
    what,
    "a steady value would be stale between two reports: use at least twice heartbeatMs.",
  );
}
