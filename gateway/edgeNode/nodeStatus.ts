import type { EpochMs } from "#shared/model/time.ts";
import { metricNames } from "#shared/wire/delivery.ts";
import { datatypes, type Metric } from "#shared/wire/sparkplug/types.ts";
import type { OutboxDepth } from "../outbox/port.ts";
import { certificateDaysLeft, type DeviceStatus } from "../status.ts";

/** The status of the transport and of all devices as metrics of the edge node: whole in NBIRTH, what changed in NDATA. */
export interface NodeStatus {
  birth(at: EpochMs): readonly Metric[];
  /** What differs from what was told last; empty where nothing does. */
  changes(at: EpochMs): readonly Metric[];
}

type Figure = readonly [name: string, datatype: number, value: string | number | boolean | null];

export function createNodeStatus(statuses: () => readonly DeviceStatus[], depth: () => OutboxDepth): NodeStatus {
  const told = new Map<string, Figure[2]>();
  const figures = (at: EpochMs): readonly Figure[] => [
    ...transportFigures(depth()),
    ...statuses().flatMap((status) =>
      figuresOf(status, at).map(
        ([name, datatype, value]): Figure => [`${metricNames.statusPrefix}${status.id}/${name}`, datatype, value],
      ),
    ),
  ];
  return {
    birth: (at) => {
      told.clear();
      return figures(at).map(([name, datatype, value]): Metric => {
        told.set(name, value);
        return { name, timestamp: at, datatype, value };
      });
    },
    changes: (at) =>
      figures(at).flatMap(([name, datatype, value]): Metric[] => {
        // A device that is new since the birth is told of by the next one.
        if (!told.has(name) || told.get(name) === value) return [];
        told.set(name, value);
        return [{ name, timestamp: at, declaredType: datatype, value }];
      }),
  };
}

const transportFigures = (depth: OutboxDepth): readonly Figure[] => [
  ["Transport/Oldest Unacked", datatypes.UInt64, depth.oldestUnacknowledged],
  ["Transport/Next", datatypes.UInt64, depth.next],
  ["Transport/Unacked", datatypes.UInt64, depth.batches],
  ["Transport/Queue Bytes", datatypes.UInt64, depth.bytes],
  ["Transport/Queue Fill", datatypes.Double, Math.round(depth.fill * 100) / 100],
  ["Transport/Open Gaps", datatypes.UInt64, depth.gaps],
  ["Transport/Refused Acks", datatypes.UInt64, depth.refusedAcks],
  ["Transport/Durable", datatypes.Boolean, depth.isDurable],
];

function figuresOf(status: DeviceStatus, at: EpochMs): readonly Figure[] {
  const { driver, lastError } = status;
  return [
    ["Connection", datatypes.String, status.connection],
    ["Connection Since", datatypes.DateTime, status.since],
    ["Last Data", datatypes.DateTime, status.lastData],
    ["Last Error", datatypes.String, lastError && `${lastError.code}: ${lastError.detail}`],
    ["Tags", datatypes.Int32, status.tags],
    ["Bad Tags", datatypes.Int32, status.badTags],
    ["Cadence", datatypes.Double, status.cadence],
    ["Latency P50", datatypes.Double, driver.latencyMs?.p50 ?? null],
    ["Latency P99", datatypes.Double, driver.latencyMs?.p99 ?? null],
    ["Certificate Days Left", datatypes.Int32, certificateDaysLeft(status, at)],
    ["Warnings", datatypes.String, driver.warnings.join("\n")],
  ];
}
