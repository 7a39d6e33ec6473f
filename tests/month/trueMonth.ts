// The month with known truth, run through the real chain: instruments, gateway, broker, ingest, store.
import { join } from "node:path";
import { silentLog } from "#shared/kit/log.ts";
import { hours, instant, millis, seconds } from "#shared/model/time.ts";
import type { Plant } from "#shared/plant/plant.ts";
import type { RunningPlant } from "../../simulators/plants/plant.ts";
import { serve } from "../../simulators/serve.ts";
import { good, type Reading, type Signal } from "../../simulators/signal.ts";
import { createLimits } from "../../simulators/truth/limits.ts";
import { keepTruth, type LineTruth } from "../../simulators/truth/truth.ts";
import { HandClock, Wall } from "../fakes/handClock.ts";
import { createDeliveries } from "./deliveries.ts";
import type { KnownMonth, Span } from "./expected/known.ts";
import { createField } from "./field.ts";
import { hasty, publishHastily } from "./hasty.ts";
import { createHistory, silentMinutes } from "./history.ts";
import { type Operator, openOperator } from "./operator.ts";
import { type Rig, startRig } from "./rig.ts";
import * as story from "./story.ts";
import { heartbeatMs, holdMs, machines, stepMs, trueLine, truePlant } from "./truePlant.ts";

export const month = { name: "2026-05", from: instant(Date.parse("2026-05-01T00:00:00+08:00")), minutes: 31 * 1_440 };
const seed = 20_265;
const minuteMs = 60_000;
const hop = hours(1);

export interface TrueMonth extends AsyncDisposable {
  readonly rig: Rig;
  readonly operator: Operator;
  readonly plant: Plant;
  readonly data: string;
  readonly truth: LineTruth;
  /** Lets hours pass in which everything works. */
  runTo(minute: number): Promise<void>;
  known(): KnownMonth;
}

const away: readonly Span[] = [story.cut, story.ingestAway];

export async function runTrueMonth(folder: string): Promise<TrueMonth> {
  await using stack = new AsyncDisposableStack();
  const data = join(folder, "data");
  const wall = new Wall(month.from);
  const minuteOf = (at: number) => (at - month.from) / minuteMs;
  const instantOf = (minute: number) => instant(month.from + minute * minuteMs);
  const line = trueLine(seed);
  const register = line.signals.findIndex(
    ({ equipment, id }) => equipment === story.replaced.equipment && id === "energy",
  );
  const final = finalOf(register);
  const address = { host: "127.0.0.1", opcuaPort: 0, modbusPort: 0, pkiFolder: undefined };
  const clock = new HandClock(wall);
  const faces = stack.use(
    await serve(address, { opcua: line.signals, modbus: line.signals }, { clock, log: silentLog }),
  );
  const env = {
    PILOTLINE_SIM_OPCUA_PORT: new URL(faces.addresses.opcua.replace("opc.tcp:", "http:")).port,
    PILOTLINE_SIM_MODBUS_PORT: String(faces.modbus.port),
  };
  const { equipment, minute: at, initial } = story.replaced;
  const plant = hasty(truePlant(line, env, { equipment, at: instantOf(at), final, initial }));

  const keeper = keepTruth(line);
  // What came late called nobody: of the same limits, only what could be seen at once.
  const called = createLimits(line.facts.alarms, line.signals, () => {});
  const isLate = (minute: number) => away.some(({ from, to }) => minute > from && minute < to);
  const history = createHistory(line.signals, month.from, month.minutes);
  const deliveries = createDeliveries();
  const shown = (reading: Reading, signal: Signal, when: number): Reading | null => {
    const minute = minuteOf(when);
    if (signal.equipment === story.silent.equipment && minute > story.silent.from && minute < story.silent.to)
      return null;
    if (signal !== line.signals[register] || minute < at || typeof reading.value !== "number") return reading;
    return good(reading.value - final + initial);
  };
  const field = createField({
    ...{ plants: [line], faces, start: month.from, step: millis(stepMs), heartbeat: millis(heartbeatMs), shown },
    truth: (readings, when) => {
      keeper.see(readings, when);
      history.see(readings, when);
      if (!isLate(minuteOf(when))) called.see(readings, when);
    },
    told: deliveries.told,
  });
  publishHastily();
  const rig = stack.use(await startRig({ plant, data, wall, faces, log: silentLog }));
  const operator = stack.use(await openOperator(rig, data, plant.platform.id));
  await rig.read();
  await rig.stored();
  deliveries.stored(wall.at);
  await openRegisters(operator, instantOf);

  const acknowledged: KnownMonth["acknowledged"][number][] = [];
  const runTo = async (until: number): Promise<void> => {
    for (let minute = minuteOf(wall.at) + hop / minuteMs; minute <= until; minute += hop / minuteMs) {
      // Before the hour is over: while it stops, instruments are read.
      if (minute === story.ingestAway.from + 60) await rig.stopIngest();
      wall.at = instantOf(minute);
      if (minute === story.cut.from + 60) rig.cutLink();
      field.runTo(wall.at);
      await rig.read();
      if (minute === story.cut.to) rig.mendLink();
      if (minute === story.ingestAway.to) await rig.startIngest();
      if (isLate(minute)) continue;
      await rig.stored();
      deliveries.stored(wall.at);
      await acknowledgeAll(operator, wall.at, acknowledged);
      if (minute === story.shelved.from)
        await operator.act("li", {
          kind: "shelve",
          alarm: `demo/fermentation/${story.shelved.alarm}`,
          until: instantOf(story.shelved.to),
          comment: "Valve is being repaired",
        });
      if (minute % 720 === 0) await enterRuns(operator);
      await rig.rest(seconds(3));
    }
  };
  const closing = stack.move();
  return {
    ...{ rig, operator, plant, data, runTo },
    get truth() {
      return keeper.truth();
    },
    known: () => {
      const toldState = deliveries.minutesOf(story.silent.equipment, "state", month.from);
      const { runs } = keeper.truth();
      const toldEnergy = Object.fromEntries(
        machines.map((id) => [id, deliveries.minutesOf(id, "energy", month.from)] as const),
      );
      return {
        history,
        runs: runs.map((run, i) => ({
          from: minuteOf(run.from),
          to: run.to === null ? Number.POSITIVE_INFINITY : minuteOf(run.to),
          tenant: story.tenantOfRun(i),
          quantities: story.quantitiesOfRun(i),
          secondsPerUnit: story.secondsPerUnit,
          isEnded: run.to !== null && minuteOf(run.to) < month.minutes,
        })),
        bookings: story.bookings,
        corrections: [story.corrected],
        silent: { [story.silent.equipment]: silentMinutes(toldState.map(instantOf), history, holdMs) },
        toldEnergy,
        samples: deliveries.samples(month.from, instantOf(month.minutes)),
        alarms: called.all(wall.at),
        acknowledged,
        shelved: [story.shelved],
      };
    },
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

/** What the old meter shows when it is taken out: the line is run once before for it. */
function finalOf(register: number): number {
  const line: RunningPlant = trueLine(seed);
  for (let minute = 0; minute < story.replaced.minute; minute++) line.pass(1);
  return Number(line.readings()[register]?.value);
}

async function openRegisters({ act }: Operator, instantOf: (minute: number) => ReturnType<typeof instant>) {
  await act("wang", {
    kind: "saveTenants",
    why: null,
    tenants: story.tenants.map(({ id, relation }) => ({
      id,
      tenant: { name: id, relation, creditCode: null, contact: null, active: true },
    })),
  });
  for (const { equipment, from, to, tenant } of story.bookings) {
    const span = { from: instantOf(from), to: instantOf(to) };
    const place = { line: "fermentation", equipment };
    const booking = { ...place, ...span, tenant: tenant.id, project: null, note: null, state: "confirmed" } as const;
    await act("wang", { kind: "book", booking });
  }
  // A request keeps nobody away, and counts nowhere.
  const asked = { from: instantOf(0), to: instantOf(60), tenant: "works", project: null, note: null } as const;
  const booking = { line: "fermentation", equipment: "fermenter", ...asked, state: "requested" } as const;
  await act("wang", { kind: "book", booking });
}

async function acknowledgeAll({ records, ask }: Operator, at: number, done: { alarm: string; at: number }[]) {
  for (const { alarm, state } of records.alarmStatuses()) {
    if (state !== "UNACK" && state !== "RTNUN") continue;
    const reply = await ask("li", { kind: "acknowledge", alarm, comment: null });
    if (reply.outcome === "done") done.push({ alarm: alarm.slice(alarm.lastIndexOf("/") + 1), at });
  }
}

/** Whose the runs were, and what they gave; the batch number says which run it is. */
export async function enterRuns({ records, act }: Operator): Promise<void> {
  for (const run of records.runs(instant(0), instant(Number.MAX_SAFE_INTEGER))) {
    if (run.state === "running" || run.quantities !== null) continue;
    const i = Number(run.batch) - 1;
    const quantities = { unit: "L", planned: null, ...story.quantitiesOfRun(i) };
    const tenant = story.tenantOfRun(i)?.id ?? null;
    const change = { tenant, quantities, plannedSecondsPerUnit: story.secondsPerUnit };
    const known = { run: run.id, revision: run.revision.number, why: "As the batch record says" };
    await act("li", { kind: "correctRun", ...known, change });
  }
}
