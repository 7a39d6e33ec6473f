// Hostile faces whose scenario's time a test moves, and devices that are acquired from them by the real drivers.
import { fileURLToPath } from "node:url";
import { systemClock } from "#shared/kit/clock.ts";
import { type Log, silentLog } from "#shared/kit/log.ts";
import { createMetrics } from "#shared/kit/metrics.ts";
import type { Sample } from "#shared/model/sample.ts";
import { instant, seconds } from "#shared/model/time.ts";
import { tagsOfDevice } from "#shared/plant/select.ts";
import { type AcquisitionSink, createAcquisition } from "../../gateway/acquisition.ts";
import { createDrivers, drivers as modules } from "../../gateway/drivers/registry.ts";
import type { DeviceStatus } from "../../gateway/status.ts";
import type { FramingName } from "../../simulators/faces/modbus/framings.ts";
import { serveModbus } from "../../simulators/faces/modbus/server.ts";
import { serveHostileOpcua } from "../../simulators/faces/opcua/hostile.ts";
import type { Scenario, Step } from "../../simulators/faults/catalogue.ts";
import { createPlayer } from "../../simulators/faults/player.ts";
import { readScenario } from "../../simulators/faults/scenario.ts";
import { seeded } from "../../simulators/physics/random.ts";
import { good, type ModbusPoint, type Signal } from "../../simulators/signal.ts";
import { ManualClock } from "../fakes/clock.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { signal } from "../simulators/rig.ts";
import { meterPlant } from "./meterPlant.ts";
import { env } from "./modbusDevices.ts";

export const scenario = (name: string): Promise<Scenario> =>
  readScenario(fileURLToPath(new URL(`../../simulators/faults/scenarios/${name}.yaml`, import.meta.url)));

/** When a step is over. */
export const endOf = ({ at, for: length = 0 }: Step): number => at + length;

interface Hostile extends AsyncDisposable {
  readonly port: number;
  /** Moves the scenario's time to this second. */
  to(second: number): Promise<void>;
  /** Shows these values, in the order of the points or nodes. */
  show(values: readonly (number | string)[]): void;
}

const startTime = ({ steps }: Scenario) => {
  const time = new ManualClock();
  const player = createPlayer({ steps }, time, seeded(1));
  return { player, to: (second: number) => time.advance(seconds(second - time.monotonic() / 1_000)) };
};

export type PlacedPoint = Omit<ModbusPoint, "face" | "instrument">;

export async function startHostileModbus(
  what: Scenario,
  points: readonly PlacedPoint[],
  framing: FramingName = "tcp",
): Promise<Hostile> {
  const { player, to } = startTime(what);
  const signals = points.map((point, i) =>
    signal(`p${i}`, { access: { face: "modbus", instrument: "meter", ...point } }),
  );
  const options = { host: "127.0.0.1", port: 0, framing };
  const face = await serveModbus(options, signals, { player, clock: systemClock });
  return {
    port: face.port,
    to,
    show: (values) => face.show(values.map(good), instant(Date.now())),
    [Symbol.asyncDispose]: () => face[Symbol.asyncDispose](),
  };
}

export interface HostileOpcua extends Hostile {
  readonly endpoint: string;
  /** Requests that were refused so far. */
  readonly refused: number;
}

/** Nodes `line.unit.<id>`. */
export async function startHostileOpcua(what: Scenario, signals: readonly Signal[]): Promise<HostileOpcua> {
  const folder = await temporaryFolder();
  const { player, to } = startTime(what);
  const options = { host: "127.0.0.1", port: 0, pkiFolder: folder.path };
  const counts = { refused: 0 };
  let shown = 0;
  const log: Log = {
    ...silentLog,
    debug: (_, message) => {
      counts.refused += message === "A request is refused" ? 1 : 0;
    },
  };
  const face = await serveHostileOpcua(options, signals, { clock: systemClock, log }, player);
  return {
    get refused() {
      return counts.refused;
    },
    endpoint: face.endpoint,
    port: Number(new URL(face.endpoint.replace("opc.tcp:", "http:")).port),
    to,
    show: (values) => {
      shown = Math.max(shown + 1, Date.now());
      face.show(values.map(good), instant(shown));
    },
    [Symbol.asyncDispose]: async () => {
      await face[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

export interface Acquired extends AsyncDisposable {
  /** What was reported of a tag, in order, by the tag's own id. */
  of(tag: string): readonly Sample[];
  last(tag: string): Sample | undefined;
  /** Connected or not, in order. */
  states(device: string): readonly boolean[];
  status(device: string): DeviceStatus;
  /** Resolves once it holds; looked at whenever something comes, and every now and then. */
  until(holds: () => boolean): Promise<void>;
}

/** Acquires devices of a plant, each written as one line of YAML, as the gateway does. */
export async function acquirePlant(devices: readonly string[], tags: readonly string[]): Promise<Acquired> {
  const plant = meterPlant(devices, tags);
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await temporaryFolder());
  const reported = new Map<string, Sample[]>();
  const states = new Map<string, boolean[]>();
  const waiting = new Set<() => void>();
  const tell = () => {
    for (const wake of waiting) wake();
    waiting.clear();
  };
  const sink: AcquisitionSink = {
    sample: (sample) => {
      const id = sample.tag.split("/").at(-1) ?? "";
      reported.set(id, [...(reported.get(id) ?? []), sample]);
      tell();
    },
    batch: () => {},
    deviceChanged: (device, connected) => {
      states.set(device, [...(states.get(device) ?? []), connected]);
      tell();
    },
  };
  const metrics = createMetrics();
  const world = {
    clock: systemClock,
    random: () => 0,
    log: silentLog,
    readings: metrics.counter("r", ""),
    losses: metrics.counter("l", ""),
    isUrgent: () => false,
  };
  const stopping = new AbortController();
  const driverOf = createDrivers(env(folder.path));
  const acquisitions = new Map(
    await Promise.all(
      plant.devices.map(async (device) => {
        const { id, protocol } = device;
        const driver = stack.use(await driverOf(device));
        const pollPeriod = modules[protocol].pollPeriod(device);
        const acquired = { id, protocol, tags: tagsOfDevice(plant, id), driver, pollPeriod };
        return [id, createAcquisition(acquired, sink, world)] as const;
      }),
    ),
  );
  const running = [...acquisitions.values()].map((acquisition) => acquisition.run(stopping.signal));
  stack.defer(async () => {
    stopping.abort();
    await Promise.all(running);
  });
  const open = stack.move();
  return {
    of: (tag) => reported.get(tag) ?? [],
    last: (tag) => reported.get(tag)?.at(-1),
    states: (device) => states.get(device) ?? [],
    status: (device) => {
      const acquisition = acquisitions.get(device);
      if (!acquisition) throw new Error(`no device ${device}`);
      return acquisition.status();
    },
    until: async (holds) => {
      while (!holds()) {
        const news = new Promise<void>((resolve) => waiting.add(resolve));
        await Promise.race([news, systemClock.sleep(seconds(0.2))]);
      }
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

export const isGood = (sample: Sample | undefined): boolean => sample?.quality === "good";
