import { carrierUnits } from "#shared/model/carrier.ts";
import { conversionFactor, parseUnit } from "#shared/model/units.ts";
import { suggest } from "../nearest.ts";
import type { Plant } from "../plant.ts";
import type { Report } from "../problem.ts";
import type { EquipmentConfig, TagConfig } from "../schema.ts";
import { dayPattern } from "../tagSchema.ts";

/** What indicators need to know: every tag that is named exists and has a fitting unit, every day and limit makes sense. */
export function checkFigures(plant: Plant, report: Report): void {
  for (const [l, line] of plant.lines.entries()) {
    for (const [e, equipment] of line.equipment.entries()) {
      checkEquipmentKeys(equipment, `lines[${l}].equipment[${e}]`, report);
    }
  }
  const { calendar, tariffs = [], baselines = [] } = plant;
  for (const key of ["holidays", "workdays"] as const)
    for (const [i, day] of (calendar?.[key] ?? []).entries()) checkDay(day, `calendar.${key}[${i}]`, report);
  for (const [i, tariff] of tariffs.entries()) {
    checkValidity(tariff, `tariffs[${i}]`, report);
    const bands = [tariff.default, ...tariff.bands.map(({ band }) => band)];
    for (const band of Object.keys(tariff.prices ?? {}))
      if (!bands.includes(band))
        report(`tariffs[${i}].prices.${band}`, `the tariff has no band \`${band}\``, suggest(band, bands, "bands"));
    for (const [b, { from, to }] of tariff.bands.entries()) {
      if (from === to)
        report(`tariffs[${i}].bands[${b}].to`, "the band ends when it starts", "give two different times.");
    }
  }
  checkIds(tariffs, "tariffs", "tariff", report);
  checkIds(baselines, "baselines", "baseline", report);
  const lines = plant.lines.map(({ id }) => id);
  for (const [i, baseline] of baselines.entries()) {
    checkValidity(baseline, `baselines[${i}]`, report);
    if (baseline.line !== undefined && !lines.includes(baseline.line))
      report(
        `baselines[${i}].line`,
        `line \`${baseline.line}\` does not exist`,
        suggest(baseline.line, lines, "lines"),
      );
  }
}

function checkIds(items: readonly { readonly id: string }[], path: string, noun: string, report: Report): void {
  for (const [i, { id }] of items.entries()) {
    if (items.findIndex((item) => item.id === id) < i)
      report(`${path}[${i}].id`, `another ${noun} has the id \`${id}\``, "rename one of them: results name it.");
  }
}

/** A day that the calendar has: 2026-02-30 has the form and is none. */
function checkDay(day: string, path: string, report: Report): boolean {
  if (!new RegExp(dayPattern).test(day)) return false;
  const date = new Date(`${day}T00:00:00Z`);
  if (!Number.isNaN(date.getTime()) && date.toISOString().startsWith(day)) return true;
  report(path, `\`${day}\` is no day of the calendar`, "write it as YYYY-MM-DD.");
  return false;
}

function checkValidity(
  { validFrom, validTo }: { readonly validFrom: string; readonly validTo?: string },
  path: string,
  report: Report,
): void {
  checkDay(validFrom, `${path}.validFrom`, report);
  if (validTo === undefined || !checkDay(validTo, `${path}.validTo`, report) || validFrom < validTo) return;
  report(`${path}.validTo`, `${validTo} is not after validFrom ${validFrom}`, "it is the first day without.");
}

function checkEquipmentKeys(equipment: EquipmentConfig, path: string, report: Report): void {
  const { service, powerState, state, meters = [], detectors = [], operatingLimits = [], exhaust = [] } = equipment;
  const numeric = (name: string, at: string, unit?: string): void => {
    const tag = tagNamed(equipment, name, at, report);
    if (tag) checkNumber(tag, at, unit, report);
  };
  if (service?.from !== undefined) checkDay(service.from, `${path}.service.from`, report);
  if (service?.to !== undefined && checkDay(service.to, `${path}.service.to`, report)) {
    if (service.from !== undefined && service.to < service.from)
      report(`${path}.service.to`, `${service.to} is before ${service.from}`, "it is the last day in service.");
  }
  if (powerState) {
    numeric(powerState.tag, `${path}.powerState.tag`, "kW");
    const { onKw, runKw, runOffKw } = powerState;
    if (!(onKw <= runOffKw && runOffKw <= runKw))
      report(`${path}.powerState`, "the limits do not ascend", "let onKw ≤ runOffKw ≤ runKw.");
  }
  for (const value of Object.keys(state?.activity ?? {})) {
    if (state && !Object.hasOwn(state.map, value))
      report(`${path}.state.activity.${value}`, `\`${value}\` is not in the map`, "name a value that the map has.");
  }
  for (const [i, meter] of meters.entries()) {
    const at = `${path}.meters[${i}]`;
    numeric(meter.tag, `${at}.tag`, carrierUnits[meter.carrier]);
    if (meters.findIndex(({ tag }) => tag === meter.tag) < i || meter.tag === equipment.energyMeter)
      report(`${at}.tag`, `\`${meter.tag}\` is a meter of this equipment already`, "name each register once.");
    if (meter.flow !== "import" && meter.carrier !== "electricity")
      report(`${at}.flow`, `${meter.carrier} is not generated or exported here`, "only electricity has a flow.");
    checkReplacements(meter.replacements, at, report);
  }
  for (const [i, { tag }] of detectors.entries()) numeric(tag, `${path}.detectors[${i}].tag`);
  for (const [i, { tag }] of operatingLimits.entries()) numeric(tag, `${path}.operatingLimits[${i}].tag`);
  for (const [i, outlet] of exhaust.entries()) {
    const at = `${path}.exhaust[${i}]`;
    numeric(outlet.concentration, `${at}.concentration`, "mg/m3");
    if (outlet.flow !== undefined) numeric(outlet.flow, `${at}.flow`, "m3/h");
    if (outlet.oxygen !== undefined) numeric(outlet.oxygen, `${at}.oxygen`, "%");
    if ((outlet.oxygen === undefined) !== (outlet.referenceO2 === undefined))
      report(`${at}.referenceO2`, "oxygen and referenceO2 belong together", "give both, or none.");
  }
  for (const [i, name] of (equipment.channels ?? []).entries()) {
    const tag = tagNamed(equipment, name, `${path}.channels[${i}]`, report);
    if (tag && tag.type !== "bool")
      report(`${path}.channels[${i}]`, `tag \`${name}\` is of type ${tag.type}`, "name a tag of type bool.");
  }
}

function checkReplacements(replacements: readonly { readonly at: string }[], path: string, report: Report): void {
  let before = Number.NEGATIVE_INFINITY;
  for (const [i, { at }] of replacements.entries()) {
    const when = /(?:Z|[+-]\d\d:\d\d)$/.test(at) ? Date.parse(at) : Number.NaN;
    const place = `${path}.replacements[${i}].at`;
    if (Number.isNaN(when)) report(place, `\`${at}\` is no instant`, "write it as 2026-11-26T08:00:00+08:00.");
    else if (when <= before) report(place, "it is not after the one before", "list replacements oldest first.");
    before = Number.isNaN(when) ? before : when;
  }
}

function tagNamed({ id, tags }: EquipmentConfig, name: string, path: string, report: Report): TagConfig | undefined {
  const found = tags.find((tag) => tag.id === name);
  if (!found) {
    const known = tags.map((tag) => tag.id);
    report(path, `equipment \`${id}\` has no tag \`${name}\``, suggest(name, known, "its tags"));
  }
  return found;
}

function checkNumber(tag: TagConfig, path: string, unit: string | undefined, report: Report): void {
  if (tag.type !== "float" && tag.type !== "int") {
    report(path, `tag \`${tag.id}\` is of type ${tag.type}, a number is needed`, "name a tag of type float or int.");
    return;
  }
  // A unit that does not exist is reported at the tag.
  if (unit === undefined || !parseUnit(tag.unit) || conversionFactor(tag.unit, unit) !== undefined) return;
  report(
    path,
    `tag \`${tag.id}\` has the unit \`${tag.unit}\`, which is no ${unit}`,
    `name a tag in ${unit} or alike.`,
  );
}
