// A scripted stretch of a plant's life: alarms come, go, wait for delays, and people answer them.
import type { AlarmTransition } from "#shared/model/alarm.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";
import type { AlarmAct } from "#shared/wire/command/alarm.ts";

/**
 * Delays of a minute end by the source times of samples; the short one by these or by ingest's clock, whichever comes
 * first, while the value stands.
 */
export const scenarioPlant = `
platform: { id: demo, name: { zh: 报警试验, en: Alarm experiment } }
gateways: [{ id: edge-1 }]
devices:
  - { id: plc, gateway: edge-1, protocol: opcua, connection: { endpoint: "opc.tcp://127.0.0.1:4840", security: none } }
  - { id: meter, gateway: edge-1, protocol: opcua, connection: { endpoint: "opc.tcp://127.0.0.1:4841", security: none } }
lines:
  - id: chem
    name: { zh: 精细化工线, en: Fine chemicals }
    equipment:
      - id: r101
        name: { zh: 反应釜, en: Reactor }
        kind: reactor
        tags:
          - { id: temp, name: { zh: 温度, en: Temperature }, device: plc, address: { node: s=temp }, unit: Cel }
          - { id: power, name: { zh: 功率, en: Power }, device: meter, address: { node: s=p }, unit: kW }
    alarms:
      - { id: hot, name: { zh: 超温, en: Hot }, tag: r101/temp, kind: high, limit: 80, deadband: 2, priority: high }
      - { id: soon, name: { zh: 高温, en: Hot soon }, tag: r101/temp, kind: high, limit: 70, onDelayMs: 1000 }
      - { id: long, name: { zh: 持续高温, en: Hot for long }, tag: r101/temp, kind: high, limit: 70, onDelayMs: 60000, offDelayMs: 60000 }
      - { id: power, name: { zh: 功率高, en: Power }, tag: r101/power, kind: high, limit: 40, priority: critical, latching: true }
`;
export const scenarioLine = "chem";
const [hot, soon, long, power] = ["hot", "soon", "long", "power"].map((id) => `demo/${scenarioLine}/${id}`) as [
  string,
  string,
  string,
  string,
];

/** A value of an instrument, so many seconds of source time after what came before it. */
type Value = readonly [tag: "temp" | "power", afterS: number, value: number];

export type Step =
  /** Sent one behind the other; over when all are acknowledged. */
  | { readonly values: readonly { readonly tag: string; readonly at: EpochMs; readonly value: number }[] }
  /** Over when it is answered. */
  | { readonly at: EpochMs; readonly alarm: string; readonly act: AlarmAct }
  /** Over when the journal has it. */
  | { readonly at: EpochMs; readonly alarm: string; readonly awaited: AlarmTransition };

type Line =
  | readonly Value[]
  | readonly [alarm: string, act: (at: EpochMs) => AlarmAct]
  | readonly [alarm: string, awaited: AlarmTransition, afterS: number];

const shelvedS = 20;
const plainly = (kind: "acknowledge" | "reset" | "unshelve" | "returnToService") => (): AlarmAct => ({
  kind,
  comment: null,
});

/** `shelvedUntil` lies ahead of every clock: that shelving ends by hand. */
const cycle = (shelvedUntil: EpochMs): readonly Line[] => [
  [["temp", 10, 60]],
  // `soon` begins to wait; it is raised a second later, by the clock or by the second value.
  [["temp", 10, 75]],
  [
    ["temp", 5, 85],
    ["temp", 5, 86],
  ],
  [hot, plainly("acknowledge")],
  [soon, () => ({ kind: "comment", comment: "cooling opened" })],
  // `long` is disappointed before its minute is over.
  [
    ["temp", 5, 79],
    ["temp", 5, 60],
    ["power", 1, 45],
    ["power", 1, 30],
  ],
  [soon, plainly("acknowledge")],
  [power, plainly("acknowledge")],
  [power, plainly("reset")],
  [hot, () => ({ kind: "shelve", until: shelvedUntil, comment: "calibration" })],
  // `long` is raised behind the second value, while `hot` comes, goes and comes hidden.
  [
    ["temp", 5, 85],
    ["temp", 40, 77],
    ["temp", 30, 87],
  ],
  [long, plainly("acknowledge")],
  [hot, plainly("unshelve")],
  [hot, plainly("acknowledge")],
  [soon, () => ({ kind: "shelve", until: shelvedUntil, comment: "known" })],
  [soon, () => ({ kind: "removeFromService", comment: "new sensor" })],
  // A waiting return that is taken back, and one that holds.
  [
    ["temp", 5, 60],
    ["temp", 20, 75],
    ["temp", 5, 60],
  ],
  [["temp", 61, 59]],
  [soon, plainly("returnToService")],
  [soon, plainly("unshelve")],
  [power, (at) => ({ kind: "shelve", until: instant(at + shelvedS * 1_000), comment: "start of the pump" })],
  [power, "unshelved", shelvedS],
];

/** So many cycles from `start` on. */
export function scenario(cycles: number, start: EpochMs, shelvedUntil: EpochMs): readonly Step[] {
  let at = start;
  const later = (seconds: number): EpochMs => {
    at = instant(at + seconds * 1_000);
    return at;
  };
  return Array.from({ length: cycles }, () => cycle(shelvedUntil))
    .flat()
    .map((line): Step => {
      const [first, second, third] = line;
      if (typeof first !== "string") {
        const values = (line as readonly Value[]).map(([tag, afterS, value]) => ({ tag, at: later(afterS), value }));
        return { values };
      }
      if (typeof second === "function") {
        const when = later(1);
        return { at: when, alarm: first, act: second(when) };
      }
      return { at: later(Number(third)), alarm: first, awaited: second as AlarmTransition };
    });
}
