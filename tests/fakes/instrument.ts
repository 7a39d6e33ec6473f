// A real OPC UA server whose values a test sets: the face of the simulators with signals of the test's own.
import { join } from "node:path";
import { systemClock } from "#shared/kit/clock.ts";
import { silentLog } from "#shared/kit/log.ts";
import type { EpochMs } from "#shared/model/time.ts";
import { serveOpcua } from "../../simulators/faces/opcua/server.ts";
import { namespaceUri, nodeName, type Reading, type Signal } from "../../simulators/signal.ts";

export interface Instrument extends AsyncDisposable {
  readonly port: number;
  show(readings: readonly Reading[], at: EpochMs): void;
}

export const signal = (id: string, more: Partial<Signal> = {}): Signal => ({
  line: "bench",
  equipment: "pump",
  id,
  name: { zh: `量${id}`, en: id },
  type: "float",
  unit: "A",
  decimals: 2,
  deadband: 0,
  meaning: "process",
  key: true,
  access: { face: "opcua" },
  ...more,
});

export async function startInstrument(folder: string, signals: readonly Signal[], port = 0): Promise<Instrument> {
  const options = { host: "127.0.0.1", port, pkiFolder: join(folder, "instrument-pki") };
  const face = await serveOpcua(options, signals, { clock: systemClock, log: silentLog });
  return {
    port: Number(new URL(face.endpoint.replace("opc.tcp:", "http:")).port),
    show: face.show,
    [Symbol.asyncDispose]: () => face[Symbol.asyncDispose](),
  };
}

/** A plant model with one line, one equipment and one tag per signal, read by gateway `edge-1`. */
export const plantOf = (port: number, signals: readonly Signal[], alarms = "[]"): string => `
platform: { id: test, name: { zh: 测试平台, en: Test platform } }
gateways: [{ id: edge-1 }]
devices:
  - id: instrument
    gateway: edge-1
    protocol: opcua
    connection: { endpoint: "opc.tcp://127.0.0.1:${port}", security: none }
    polling: { publishMs: 100, samplingMs: 0 }
lines:
  - id: bench
    name: { zh: 试验台, en: Test bench }
    alarms: ${alarms}
    equipment:
      - id: pump
        name: { zh: 泵, en: Pump }
        kind: pump
        tags:
${signals
  .map(
    (one) =>
      `          - { id: ${one.id}, name: { zh: ${one.name.zh}, en: ${one.name.en} }, device: instrument, report: every, key: true, gapAfterMs: 1000, ` +
      `address: { node: "nsu=${namespaceUri};s=${nodeName(one)}" }, unit: ${one.unit}, decimals: ${one.decimals} }`,
  )
  .join("\n")}
`;
