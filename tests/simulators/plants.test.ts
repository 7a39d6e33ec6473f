import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { engineeringUnit } from "../../simulators/faces/opcua/units.ts";
import { gasLimits } from "../../simulators/instruments/gasController.ts";
import { seeded } from "../../simulators/physics/random.ts";
import { runStates } from "../../simulators/physics/recipe.ts";
import { coating } from "../../simulators/plants/coating/model.ts";
import { webWidthM, zoneAirM3, zoneLengthM } from "../../simulators/plants/coating/oven.ts";
import { fermentation } from "../../simulators/plants/fermentation/model.ts";
import { fineChemical } from "../../simulators/plants/fineChemical/model.ts";
import { heelKg } from "../../simulators/plants/fineChemical/reactor.ts";
import type { AlarmFacts, PlantModel } from "../../simulators/plants/plant.ts";
import { plantNames, plants, startPlants } from "../../simulators/plants/registry.ts";
import type { Reading, Signal } from "../../simulators/signal.ts";

const halfAnHourS = 1_800;

/** Every state of a run, a second apart. */
function* statesOf<State>(model: PlantModel<State>, seed: number, lastsS: number): Generator<State> {
  const random = seeded(seed);
  let state = model.start(random);
  for (let t = 0; t < lastsS; t++) {
    yield state;
    state = model.step(state, 1, random);
  }
}

const start = (name: (typeof plantNames)[number], seed = 1) => plants[name](seeded(seed), seeded(seed + 1));
const indexOf = (signals: readonly Signal[], tag: string) =>
  signals.findIndex(({ equipment, id }) => `${equipment}/${id}` === tag);

describe.each(plantNames)("%s", (name) => {
  test("the same seed gives the same run, another seed another one", () => {
    const runOf = (seed: number) => {
      const plant = start(name, seed);
      plant.pass(halfAnHourS);
      return plant.readings();
    };
    expect(runOf(7)).toEqual(runOf(7));
    expect(runOf(7)).not.toEqual(runOf(8));
  });

  test("looking more often does not change what happens", () => {
    const [seldom, often] = [start(name), start(name)];
    for (let t = 0; t < 600; t++) {
      seldom.pass(1);
      often.pass(1);
      often.readings();
    }
    const energies = (plant: typeof seldom) =>
      plant.readings().filter((_, i) => plant.signals[i]?.meaning === "energy");
    expect(energies(often)).toEqual(energies(seldom));
  });

  test("readings stay in their ranges and carry the type that their signal has", () => {
    const plant = start(name);
    const wrong = new Set<string>();
    for (let t = 0; t < halfAnHourS; t++) {
      plant.pass(1);
      for (const [i, reading] of plant.readings().entries()) {
        const signal = plant.signals[i] as Signal;
        if (!fits(signal, reading)) wrong.add(`${signal.equipment}/${signal.id} = ${reading.value}`);
      }
    }
    expect([...wrong]).toEqual([]);
  });

  test("registers of energy, water and air only grow, and energy grows by power × time", () => {
    const plant = start(name);
    const registers = plant.signals.flatMap(({ meaning, equipment, id }, i) =>
      meaning === "energy" || meaning === "water" || meaning === "air" || id === "hours"
        ? [{ i, meaning, equipment }]
        : [],
    );
    let before = plant.readings();
    const powerKWh = new Map<string, number>();
    const energyKWh = new Map<string, number>();
    for (let t = 0; t < halfAnHourS; t++) {
      plant.pass(1);
      const now = plant.readings();
      for (const { i, meaning, equipment } of registers) {
        const grown = Number(now[i]?.value) - Number(before[i]?.value);
        expect(grown).toBeGreaterThanOrEqual(0);
        if (meaning !== "energy") continue;
        const power = Number(now[indexOf(plant.signals, `${equipment}/power`)]?.value);
        powerKWh.set(equipment, (powerKWh.get(equipment) ?? 0) + power / 3_600);
        energyKWh.set(equipment, (energyKWh.get(equipment) ?? 0) + grown);
      }
      before = now;
    }
    expect(energyKWh.size).toBeGreaterThanOrEqual(5);
    // Only the power instrument's noise is between them.
    const off = [...energyKWh].flatMap(([equipment, kWh]) => {
      const share = (powerKWh.get(equipment) ?? 0) / kWh;
      return Math.abs(share - 1) < 0.02 ? [] : [{ equipment, kWh, share }];
    });
    expect(off).toEqual([]);
  });

  test("every state is seen within three hours, and productive time is a fair part of it", () => {
    const plant = start(name, 3);
    const seen = new Map<string, number>();
    const states = plant.signals.flatMap(({ meaning }, i) => (meaning === "state" ? [i] : []));
    for (let t = 0; t < 3 * 3_600; t += 5) {
      plant.pass(5);
      const readings = plant.readings();
      for (const i of states) {
        const value = readings[i]?.value;
        const state = typeof value === "number" ? String(runStates[value]) : String(value);
        seen.set(state, (seen.get(state) ?? 0) + 1);
      }
    }
    expect([...seen.keys()].toSorted()).toEqual([...runStates].toSorted());
    const total = [...seen.values()].reduce((sum, n) => sum + n, 0);
    expect((seen.get("running") ?? 0) / total).toBeGreaterThan(0.3);
  });

  test.each([1, 2, 3])("something is worth an alarm every few minutes, seed %i", (seed) => {
    const plant = start(name, seed);
    const raised: number[] = [];
    const watches = plant.facts.alarms.map((rule) => watch(rule, indexOf(plant.signals, rule.tag)));
    const lasts = 3_600;
    for (let t = 0; t < lasts; t++) {
      plant.pass(1);
      const readings = plant.readings();
      for (const look of watches) if (look(readings, t)) raised.push(t);
    }
    expect(raised.length).toBeGreaterThanOrEqual(8);
    expect(raised.length).toBeLessThan(60);
    // And the line is quiet in between: no alarm stands for ever.
    expect(Math.max(...raised.slice(1).map((t, i) => t - (raised[i] ?? 0)))).toBeLessThan(20 * 60);
  });

  test("its facts agree with its signals", () => {
    const { facts, signals } = start(name);
    const equipment = new Set(facts.equipment.map(({ id }) => id));
    const instruments = new Map(facts.instruments.map((instrument) => [instrument.id, instrument]));
    for (const { line, equipment: own, unit, range, access } of signals) {
      expect(line).toBe(facts.id);
      expect(equipment).toContain(own);
      if (range) expect(() => engineeringUnit(unit)).not.toThrow();
      if (access.face !== "modbus") continue;
      expect(instruments.get(access.instrument)?.unit).toBe(access.unit);
      expect(access.byteOrder ?? "ABCD").toBe(instruments.get(access.instrument)?.byteOrder);
    }
    for (const { tag } of facts.alarms) expect(indexOf(signals, tag)).toBeGreaterThanOrEqual(0);
    const names = signals.map(({ equipment: own, id }) => `${own}/${id}`);
    expect(new Set(names).size).toBe(names.length);
    expect(signals.filter(({ key }) => key).length).toBeGreaterThanOrEqual(4);
    expect(signals.filter(({ key }) => key).length).toBeLessThanOrEqual(6);
  });
});

function fits({ type, range }: Signal, { value, quality }: Reading): boolean {
  if (quality === "bad") return value === null;
  if (typeof value !== "number")
    return typeof value === { float: "", int: "", bool: "boolean", string: "string" }[type];
  const [low, high] = range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  return type === "int" ? Number.isInteger(value) : type === "float" && value >= low && value <= high;
}

/** Says when a rule raises: beyond the limit for its on-delay; back by the deadband before it can raise again. */
function watch({ kind, limit, deadband, onDelayMs }: AlarmFacts, index: number) {
  let since: number | null = null;
  let active = false;
  const sign = kind === "high" ? 1 : -1;
  return (readings: readonly Reading[], t: number): boolean => {
    const value = readings[index]?.value;
    if (typeof value !== "number") return false;
    if (active) {
      active = sign * (value - limit) > -deadband;
      return false;
    }
    if (sign * (value - limit) <= 0) {
      since = null;
      return false;
    }
    since ??= t;
    active = (t - since) * 1_000 >= onDelayMs;
    return active;
  };
}

describe("physics", () => {
  test("the reactor keeps its mass and its moles", () => {
    for (const { reactor } of statesOf(fineChemical, 5, halfAnHourS)) {
      const expected = heelKg + reactor.chargedKg + reactor.dosedKg - reactor.dischargedKg;
      expect(reactor.massKg).toBeCloseTo(expected, 9);
      for (const mol of [reactor.molA, reactor.molB, reactor.molC]) expect(mol).toBeGreaterThanOrEqual(0);
    }
  });

  test("the reaction heats: a hung cooling valve makes the batch hotter than any quiet batch", () => {
    const peaks = { quiet: 0, hung: 0 };
    let hung = false;
    for (const { reactor, incidents } of statesOf(fineChemical, 5, 2 * halfAnHourS)) {
      hung ||= incidents.cooling.leftS > 0;
      const kind = hung ? "hung" : "quiet";
      peaks[kind] = Math.max(peaks[kind], reactor.temperatureC);
    }
    expect(peaks.quiet).toBeGreaterThan(70);
    expect(peaks.quiet).toBeLessThan(78);
    expect(peaks.hung).toBeGreaterThan(79);
  });

  test("gas gathers at the detector next to the leak and is gone when it ends", () => {
    let most = 0;
    for (const { gas, incidents } of statesOf(fineChemical, 2, halfAnHourS)) {
      if (incidents.leak.leftS > 0) most = Math.max(most, ...gas);
      else if (incidents.leak.inS < 60) for (const percent of gas) expect(percent).toBeLessThan(gasLimits.warning);
    }
    expect(most).toBeGreaterThan(gasLimits.warning);
  });

  test("glucose goes in, is eaten or drained, and nothing else", () => {
    for (const { culture } of statesOf(fermentation, 4, halfAnHourS)) {
      const inside = culture.glucoseGPerL * culture.volumeL;
      expect(inside + culture.glucoseUsedG + culture.glucoseOutG).toBeCloseTo(culture.glucoseInG, 6);
    }
  });

  test("oxygen falls while the broth foams, and the culture grows in every run", () => {
    let lowest = 100;
    const biomass = new Map<number, number>();
    for (const { vessel, culture, progress } of statesOf(fermentation, 4, 2 * halfAnHourS)) {
      if (progress.phase === "fed-batch") lowest = Math.min(lowest, vessel.oxygenPercent);
      if (progress.phase === "harvest" && progress.sinceS < 2) biomass.set(progress.run, culture.biomassGPerL);
    }
    expect(lowest).toBeLessThan(20);
    expect(biomass.size).toBeGreaterThanOrEqual(4);
    for (const gPerL of biomass.values()) expect(gPerL).toBeGreaterThan(8);
  });

  test("solvent is on the web, in the zones' air, recovered or emitted", () => {
    const [first] = statesOf(coating, 6, 1);
    for (const { solventInKg, solventOnWebKg, zones, recovery } of statesOf(coating, 6, 2 * halfAnHourS)) {
      const onWebAndInAirKg =
        zones.reduce(
          (sum, { filmGPerM2, vapourGPerM3 }) => sum + filmGPerM2 * webWidthM * zoneLengthM + vapourGPerM3 * zoneAirM3,
          0,
        ) / 1_000;
      const outKg = solventOnWebKg + recovery.emittedKg + recovery.recoveredKg - (first?.recovery.recoveredKg ?? 0);
      expect(onWebAndInAirKg + outKg).toBeCloseTo(solventInKg, 6);
    }
  });

  test("less exhaust, more solvent in the zone", () => {
    let hung = 0;
    for (const { zones, incidents } of statesOf(coating, 6, 2 * halfAnHourS)) {
      if (incidents.damper.leftS === 0) continue;
      hung = Math.max(hung, ...zones.map(({ vapourGPerM3 }) => vapourGPerM3 / 0.53));
    }
    expect(hung).toBeGreaterThan(25);
  });
});

test("a step of any length up to a second keeps the reactor's balance", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { maxLength: 400 }),
      fc.nat(),
      (steps, seed) => {
        const random = seeded(seed);
        const end = steps.reduce((state, dtS) => fineChemical.step(state, dtS, random), fineChemical.start(random));
        const { massKg, chargedKg, dosedKg, dischargedKg } = end.reactor;
        expect(massKg).toBeCloseTo(heelKg + chargedKg + dosedKg - dischargedKg, 9);
      },
    ),
    { numRuns: 20 },
  );
});

describe("registry", () => {
  test("the demo has about three hundred tags, at places of their own", () => {
    const signals = startPlants(plantNames, 1).flatMap((plant) => plant.signals);
    expect(signals.length).toBeGreaterThanOrEqual(280);
    expect(signals.length).toBeLessThanOrEqual(330);
    const places = signals.map(({ access, ...signal }) =>
      access.face === "opcua"
        ? `${signal.line}.${signal.equipment}.${signal.id}`
        : `${access.unit}/${access.table}/${access.register}/${access.bit ?? ""}`,
    );
    expect(new Set(places).size).toBe(places.length);
  });

  test("a line does the same alone and beside others", () => {
    const alone = startPlants(["coating"], 5)[0];
    const among = startPlants(plantNames, 5).find(({ facts }) => facts.id === "coating");
    alone?.pass(300);
    among?.pass(300);
    expect(among?.readings()).toEqual(alone?.readings());
  });

  test("more tags come from a load test line, each new at every reading", () => {
    const load = startPlants([], 1, 250)[0];
    const before = load?.readings() ?? [];
    load?.pass(1);
    const after = load?.readings() ?? [];
    expect(after.length).toBe(250);
    expect(after.every(({ value }, i) => value !== before[i]?.value)).toBe(true);
    expect(startPlants(plantNames, 1, 1_000).flatMap(({ signals }) => signals).length).toBe(1_000);
  });
});
