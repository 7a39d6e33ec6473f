import { declarableItems } from "#shared/model/declared.ts";
import type { EpochMs } from "#shared/model/time.ts";
import { suggest } from "./nearest.ts";
import type { Plant } from "./plant.ts";

/** What is wrong with a record that somebody wants to enter: the key, and what to do. */
export interface RecordProblem {
  readonly key: string;
  readonly what: string;
}

/** What a record may name. */
export interface KnownNames {
  readonly lines: Plant["lines"];
  /** By id; false where it may get nothing new. */
  readonly tenants: ReadonlyMap<string, boolean>;
  readonly projects: ReadonlyMap<string, { readonly tenant: string; readonly active: boolean }>;
  readonly now: EpochMs;
}

/** What a record may name now. */
export const knownNames = (
  { lines }: Pick<Plant, "lines">,
  records: {
    tenants(): readonly { readonly id: string; readonly active: boolean }[];
    projects(): readonly { readonly id: string; readonly tenant: string; readonly active: boolean }[];
  },
  now: EpochMs,
): KnownNames => ({
  lines,
  now,
  tenants: new Map(records.tenants().map(({ id, active }) => [id, active])),
  projects: new Map(records.projects().map(({ id, tenant, active }) => [id, { tenant, active }])),
});

/** Every equipment as `<line>/<equipment>`. */
export const placesOf = (lines: Plant["lines"]): readonly string[] =>
  lines.flatMap((line) => line.equipment.map(({ id }) => `${line.id}/${id}`));

/** Clocks of browser and server differ by less. */
const clockToleranceMs = 60_000;

type Problems = readonly RecordProblem[];
const problem = (key: string, what: string): Problems => [{ key, what }];

function placeProblems(line: string, equipment: readonly string[], { lines }: KnownNames): Problems {
  const found = lines.find(({ id }) => id === line);
  if (!found) {
    const known = lines.map(({ id }) => id);
    return problem("line", `there is no line \`${line}\`: ${suggest(line, known, "lines")}`);
  }
  const ids = found.equipment.map(({ id }) => id);
  const unknown = equipment.filter((id) => !ids.includes(id));
  const twice = equipment.some((id, i) => equipment.indexOf(id) !== i);
  return [
    ...unknown.map((id) => ({
      key: "equipment",
      what: `line \`${line}\` has no equipment \`${id}\`: ${suggest(id, ids, "its equipment")}`,
    })),
    ...(twice ? problem("equipment", "an equipment is named twice") : []),
  ];
}

function partyProblems(tenant: string | null, project: string | null, { tenants, projects }: KnownNames): Problems {
  const found = project === null ? undefined : projects.get(project);
  const isTenant = tenant === null ? undefined : tenants.get(tenant);
  return [
    ...(tenant !== null && isTenant === undefined
      ? problem("tenant", `there is no tenant \`${tenant}\`: register it first`)
      : []),
    ...(isTenant === false ? problem("tenant", `tenant \`${tenant}\` is not active any more`) : []),
    ...(project !== null && !found ? problem("project", `there is no project \`${project}\`: register it first`) : []),
    ...(found?.active === false ? problem("project", `project \`${project}\` is closed`) : []),
    ...(found && tenant !== null && found.tenant !== tenant
      ? problem("project", `project \`${project}\` is one of tenant \`${found.tenant}\`, not of \`${tenant}\``)
      : []),
  ];
}

interface RunLike {
  readonly line: string;
  readonly equipment: readonly string[];
  readonly tenant: string | null;
  readonly project: string | null;
  readonly from: EpochMs;
  readonly to: EpochMs | null;
  readonly state: string;
  readonly reason: string | null;
  readonly quantities: { readonly produced: number | null; readonly good: number | null } | null;
}

/** A run with its time; both ends lie in the past. */
export function runProblems(run: RunLike, known: KnownNames): Problems {
  const { from, to, state, reason, quantities } = run;
  const latest = known.now + clockToleranceMs;
  const [produced, good] = [quantities?.produced ?? null, quantities?.good ?? null];
  return [
    ...placeProblems(run.line, run.equipment, known),
    ...partyProblems(run.tenant, run.project, known),
    ...(from > latest ? problem("from", "a run cannot begin in the future: book the equipment instead") : []),
    ...(to !== null && to <= from ? problem("to", "a run ends after it begins") : []),
    ...(to !== null && to > latest ? problem("to", "a run cannot end in the future") : []),
    ...(to === null && state !== "running" ? problem("to", `a run that is ${state} has an end`) : []),
    ...(to !== null && state === "running" ? problem("state", "a run with an end is completed or aborted") : []),
    ...(state === "aborted" && reason === null ? problem("reason", "say why the run was aborted") : []),
    ...(good !== null && produced !== null && good > produced
      ? problem("good", "the good quantity is not larger than the produced one")
      : []),
  ];
}

const longestBookingMs = 366 * 86_400_000;

export function bookingProblems(
  booking: {
    readonly line: string;
    readonly equipment: string;
    readonly tenant: string;
    readonly project: string | null;
    readonly from: EpochMs;
    readonly to: EpochMs;
  },
  known: KnownNames,
): Problems {
  return [
    ...placeProblems(booking.line, [booking.equipment], known),
    ...partyProblems(booking.tenant, booking.project, known),
    ...(booking.to <= booking.from ? problem("to", "a booking ends after it begins") : []),
    ...(booking.to - booking.from > longestBookingMs ? problem("to", "a booking is not longer than a year") : []),
  ];
}

export function declarationProblems(
  declaration: { readonly item: string; readonly equipment: string | null },
  { lines }: Pick<KnownNames, "lines">,
): Problems {
  const { item, equipment } = declaration;
  const items = [...declarableItems.keys()];
  const known = placesOf(lines);
  return [
    ...(declarableItems.has(item)
      ? []
      : problem("item", `\`${item}\` is not declared: ${suggest(item, items, "items")}`)),
    ...(equipment !== null && !known.includes(equipment)
      ? problem("equipment", `there is no equipment \`${equipment}\`: ${suggest(equipment, known, "equipment")}`)
      : []),
  ];
}

export const problemText = (problems: Problems): string =>
  problems.map(({ key, what }) => `${key}: ${what}`).join("; ");
