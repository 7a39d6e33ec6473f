import {
  type ClientSubscription,
  DataChangeFilter,
  DataChangeTrigger,
  type DataValue,
  DeadbandType,
  type NodeId,
  StatusCodes,
  TimestampsToReturn,
} from "node-opcua";
import type { OpcuaPolling } from "#shared/plant/protocols/opcua.ts";
import type { Deadband } from "../../driver.ts";
import { inBatches, valueAttribute } from "./nodes.ts";
import { neededBetweenPublishes, queueSizeOf } from "./parameters.ts";
import { qualityOf } from "./status.ts";

/** A point of the subscription with its place in the caller's list. */
export interface Item {
  readonly index: number;
  readonly node: NodeId;
  readonly report: "change" | "every";
  /** Sampling interval that is asked of the server, in ms; 0 asks for every change. */
  readonly samplingMs: number;
  readonly deadband?: Deadband;
}

/** An item that the server did not take, and the name of its StatusCode. */
export interface Refusal {
  readonly item: Item;
  readonly status: string;
}

export interface CreatedItems {
  readonly refused: readonly Refusal[];
  /** Items whose queue at the server holds less than what can come between two publishes. */
  readonly shortQueues: number;
  /** Items whose filter the server does not have: their deadband is applied here. */
  readonly unfiltered: number;
}

export type Changed = (item: Item, dataValue: DataValue) => void;

/** A filter as the server is asked for it; `none` reports each change of status or value. */
type Filter =
  | { readonly kind: "none" }
  | { readonly kind: "everyTime" }
  | { readonly kind: "absolute" | "percent"; readonly value: number };

const none: Filter = { kind: "none" };

/**
 * Filters for an item, the best first; the next one is tried where the server refuses. A percent deadband is one of the
 * node's EURange (IEC 62541-8, 6.2): a node without it takes the same deadband in raw units.
 */
function filtersOf({ report, deadband }: Item, { deadband: where }: OpcuaPolling): readonly Filter[] {
  if (report === "every") return [{ kind: "everyTime" }, none];
  if (!deadband || where === "gateway") return [none];
  const absolute: Filter = { kind: "absolute", value: deadband.raw };
  return deadband.percent === undefined
    ? [absolute, none]
    : [{ kind: "percent", value: deadband.percent }, absolute, none];
}

const deadbandTypes = {
  none: DeadbandType.None,
  everyTime: DeadbandType.None,
  absolute: DeadbandType.Absolute,
  percent: DeadbandType.Percent,
} as const;

function dataChangeFilter(filter: Filter): DataChangeFilter | null {
  if (filter.kind === "none") return null;
  return new DataChangeFilter({
    trigger: filter.kind === "everyTime" ? DataChangeTrigger.StatusValueTimestamp : DataChangeTrigger.StatusValue,
    deadbandType: deadbandTypes[filter.kind],
    deadbandValue: "value" in filter ? filter.value : 0,
  });
}

interface Wanted {
  readonly item: Item;
  readonly filters: readonly Filter[];
}

/**
 * Creates monitored items, `perCall` at a time; a call with bad items resolves, so each status is looked at. Rejects
 * when the server refuses a call as too large: the subscription is spoilt then, since the library keeps the items.
 */
export async function createItems(
  subscription: ClientSubscription,
  items: readonly Item[],
  polling: OpcuaPolling,
  perCall: number,
  changed: Changed,
): Promise<CreatedItems> {
  const refused: Refusal[] = [];
  let shortQueues = 0;
  let unfiltered = 0;

  const create = async (batch: readonly Wanted[], filter: Filter): Promise<readonly Wanted[]> => {
    const samplingInterval = batch[0]?.item.samplingMs ?? polling.samplingMs;
    const parameters = {
      samplingInterval,
      queueSize: queueSizeOf(polling.publishMs, samplingInterval),
      discardOldest: true,
      filter: dataChangeFilter(filter),
    };
    const nodes = batch.map(({ item }) => valueAttribute(item.node));
    const group = await subscription.monitorItems(nodes, parameters, TimestampsToReturn.Both);
    group.on("changed", (_, dataValue, at) => {
      const item = batch[at]?.item;
      if (item) changed(item, dataValue);
    });
    const again: Wanted[] = [];
    for (const [at, { statusCode, monitoringParameters }] of group.monitoredItems.entries()) {
      const one = batch[at];
      if (!one) continue;
      if (qualityOf(statusCode.value) !== "bad") {
        const { samplingInterval: sampling, queueSize } = monitoringParameters;
        if (queueSize < neededBetweenPublishes(subscription.publishingInterval, sampling)) shortQueues += 1;
      } else if (one.filters.length > 1 && isFilterRefusal(statusCode.value)) {
        again.push({ ...one, filters: one.filters.slice(1) });
      } else refused.push({ item: one.item, status: statusCode.name });
    }
    return again;
  };

  let wanted: readonly Wanted[] = items.map((item) => ({ item, filters: filtersOf(item, polling) }));
  while (wanted.length > 0) {
    const again: Wanted[] = [];
    // One group of the library has one set of parameters for all of its items.
    const groups = Map.groupBy(wanted, ({ item, filters }) => JSON.stringify([item.samplingMs, filters[0]]));
    for (const group of groups.values()) {
      const filter = group[0]?.filters[0] ?? none;
      for (const batch of inBatches(group, perCall)) again.push(...(await create(batch, filter)));
    }
    unfiltered += again.filter(({ item, filters }) => item.deadband && filters[0]?.kind === "none").length;
    wanted = again;
  }
  return { refused, shortQueues, unfiltered };
}

const filterRefusals: readonly number[] = [
  StatusCodes.BadMonitoredItemFilterUnsupported.value,
  StatusCodes.BadFilterNotAllowed.value,
  StatusCodes.BadMonitoredItemFilterInvalid.value,
  StatusCodes.BadDeadbandFilterInvalid.value,
];
const isFilterRefusal = (status: number): boolean => filterRefusals.includes(status);
