import type { State } from "../history.ts";
import { inRuns } from "../truePlant.ts";
import { type Expected, type KnownMonth, nothing, ratioOf, type Scope, share, sum } from "./known.ts";
import type { Totals } from "./totals.ts";

const knownStates = ["PRD", "SBY", "ENG", "SDT", "UDT", "NST"] as const satisfies readonly State[];
/** Yearly quota of effective hours, and the original value, by class: what plant.yaml and the standard say. */
const classOf = (id: string) => (["seed", "fermenter", "feed"].includes(id) ? "special" : "general");
const quotaH = { special: 800, general: 1_400 } as const;
const worthCny = { special: 600_000, general: 150_000 } as const;
const daysOfYear = 365;
const noShowMinutes = 5;
const floorOfCoverage = 0.75;

/** Part A of the catalogue for machines together; the figures of runs for those that ran on one of them. */
export function utilisation(
  scope: Scope,
  all: Readonly<Record<string, Totals>>,
  known: KnownMonth,
): Record<string, Expected> {
  const ids = scope.ids.filter((id) => all[id]);
  const isOpen = { "U-23": openness(scope) };
  const batches = { "U-24": completion(scope, known) };
  const made = output(scope, all, known);
  if (ids.length === 0) {
    const names = [
      "TM",
      "01",
      "02",
      "03",
      "04",
      "05",
      "06",
      "07",
      "08",
      "13",
      "14",
      "15",
      "16",
      "17",
      "18",
      "19",
      "20",
      "21",
      "22",
    ];
    const none = Object.fromEntries(names.map((name) => [`U-${name}`, nothing("no_input")]));
    return {
      ...none,
      ...isOpen,
      ...batches,
      ...made(0, 0, 0),
      "U-02c": nothing("no_input"),
      "U-25": nothing("no_original_value"),
    };
  }
  const total = (of: (totals: Totals) => number) => sum(ids.map((id) => of(all[id] as Totals)));
  const time = (state: State) => total(({ minutes }) => minutes[state]);
  const unknown = time("UNK");
  const inAll = sum(knownStates.map(time));
  const operations = inAll - time("NST");
  const productive = time("PRD");
  const seconds = (minutes: number) => minutes * 60;
  const bounded = (numerator: number, denominator: number): Expected => ({
    ...ratioOf(seconds(numerator), seconds(denominator)),
    lower: share(numerator, denominator + unknown),
    upper: share(numerator + unknown, denominator + unknown),
    coverage: inAll / (inAll + unknown),
  });
  const [delay, down] = [total((one) => one.delay), total((one) => one.down)];
  const busy = productive + delay;
  const planned = busy + down;
  const hours = (minutes: number) => minutes / 60;
  const weighted = (of: (id: string) => number) => sum(ids.map((id) => worthCny[classOf(id)] * hours(of(id))));
  const quota = sum(ids.map((id) => (quotaH[classOf(id)] * (known.history.minutes / 1_440)) / daysOfYear));
  const effective = productive;
  const external = total((one) => one.external);
  const failures = total((one) => one.failures);
  const repairs = total((one) => one.repairs);
  const ended = known.bookings.filter(({ equipment }) => ids.includes(equipment));
  const eligible = ended.filter((one) => use(one).unknown <= (1 - floorOfCoverage) * (one.to - one.from));
  const tenants = new Set(ids.flatMap((id) => Object.keys(all[id]?.byTenant ?? {})));

  return {
    ...isOpen,
    ...batches,
    ...made(planned, inAll, unknown),
    "U-02c": nothing("no_input"),
    "U-TM": {
      value: seconds(inAll),
      denominator: seconds(inAll + unknown),
      parts: Object.fromEntries([...knownStates, "UNK" as const].map((state) => [state, seconds(time(state))])),
    },
    "U-01": bounded(productive, inAll),
    "U-02": bounded(productive, operations),
    "U-03": bounded(productive + time("SBY") + time("ENG"), operations),
    "U-04": bounded(busy, planned),
    "U-05": bounded(productive, busy),
    "U-06": bounded(productive, planned),
    "U-07": bounded(0, productive),
    "U-08": bounded(productive, productive + delay),
    "U-13": {
      value: share(hours(productive), failures),
      numerator: hours(productive),
      denominator: failures,
      ...(failures > 0 ? {} : { reason: "no_failures", parts: { lower_bound: hours(productive) } }),
    },
    "U-14": {
      ...ratioOf(hours(total((one) => one.repairMinutes)), repairs, "nothing_restored"),
    },
    "U-15": {
      value: hours(effective),
      lower: hours(effective),
      upper: hours(effective + unknown),
      parts: { run: hours(effective), prep: 0, post: 0, project: 0, per_instrument: hours(effective) / ids.length },
    },
    "U-16": { ...ratioOf(hours(effective), quota), upper: share(hours(effective + unknown), quota) },
    "U-17": { value: hours(external), parts: { per_instrument: hours(external) / ids.length } },
    "U-18": { ...ratioOf(hours(external), hours(effective)), lower: share(external, effective + unknown) },
    "U-19": ratioOf(hours(total((one) => one.usedInBooking)), hours(total((one) => one.booked))),
    "U-20": ratioOf(hours(total((one) => one.usedWithout)), hours(total((one) => one.usedWithout + one.usedInBooking))),
    "U-21": ratioOf(eligible.filter((one) => use(one).use < noShowMinutes).length, eligible.length),
    "U-22": {
      value: hours(effective),
      numerator: hours(effective - total((one) => one.unattributed)),
      denominator: hours(effective),
      parts: Object.fromEntries(
        [...tenants].map((tenant) => [tenant, hours(total(({ byTenant }) => byTenant[tenant] ?? 0))]),
      ),
    },
    "U-25": {
      ...ratioOf(
        weighted((id) => all[id]?.minutes.PRD ?? 0),
        weighted((id) => sum(knownStates.map((state) => all[id]?.minutes[state] ?? 0)) - (all[id]?.minutes.NST ?? 0)),
      ),
    },
  };

  function use(booking: (typeof known.bookings)[number]) {
    return all[booking.equipment]?.useOfBooking.get(booking) ?? { use: 0, unknown: 0 };
  }
}

/** Every machine of the demo is obliged to be open, the special ones are; the room monitor is no instrument. */
function openness({ ids }: Scope): Expected {
  const obliged = ids.filter((id) => id !== "room");
  if (obliged.length === 0) return nothing("no_input");
  return ratioOf(obliged.filter((id) => classOf(id) === "special").length, obliged.length);
}

const endedIn = ({ level, ids }: Scope, { runs }: KnownMonth) =>
  level !== "equipment" || ids.some((id) => inRuns.includes(id)) ? runs.filter(({ isEnded }) => isEnded) : [];

const completion = (scope: Scope, known: KnownMonth): Expected => {
  const ended = endedIn(scope, known);
  return ratioOf(ended.length, ended.length);
};

/** Figures of what ended runs made; the denominators are those of the scope, in minutes. */
function output(scope: Scope, all: Readonly<Record<string, Totals>>, known: KnownMonth) {
  return (planned: number, inAll: number, unknown: number): Record<string, Expected> => {
    const ended = endedIn(scope, known);
    const names = ["U-09", "U-10", "U-11", "U-11b", "U-12"];
    if (ended.length === 0) return Object.fromEntries(names.map((name) => [name, nothing("no_ended_runs")]));
    const ids = scope.ids.filter((id) => inRuns.includes(id));
    let [theoretical, good, productive] = [0, 0, 0];
    for (const run of ended)
      for (const id of ids) {
        theoretical += (run.secondsPerUnit * run.quantities.produced) / 60;
        good += (run.secondsPerUnit * run.quantities.good) / 60;
        productive += all[id]?.ofRun.get(run)?.productive ?? 0;
      }
    const [produced, goodUnits] = [
      sum(ended.map((run) => run.quantities.produced)),
      sum(ended.map((run) => run.quantities.good)),
    ];
    const busy = sum(scope.ids.map((id) => all[id]?.minutes.PRD ?? 0));
    const factors = [share(busy, planned), share(theoretical, productive), share(goodUnits, produced)];
    const net = factors.includes(null) ? null : factors.reduce<number>((product, one) => product * (one ?? 0), 1);
    return {
      "U-09": ratioOf(theoretical / 60, productive / 60),
      "U-10": ratioOf(goodUnits, produced),
      "U-11": { ...ratioOf(good / 60, planned / 60), lower: share(good, planned + unknown) },
      "U-11b": ratioOf(good / 60, inAll / 60),
      "U-12": { value: net, ...(net === null ? { reason: "zero_denominator" } : {}) },
    };
  };
}
