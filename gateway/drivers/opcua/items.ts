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
import { inBatches, valueAttribute } from "./nodes.ts";
import { queueSizeOf } from "./parameters.ts";
import { qualityOf } from "./status.ts";

/** A point of the subscription with its place in the caller's list. */
export interface Item {
  readonly index: number;
  readonly node: NodeId;
  readonly report: "change" | "every";
}

/** An item that the server did not take, and the name of its StatusCode. */
export interface Refusal {
  readonly item: Item;
  readonly status: string;
}

export type Changed = (item: Item, dataValue: DataValue) => void;

/** `every` asks for each new source time, also of an unchanged value; without a filter only changes are sent. */
const everyTime = () =>
  new DataChangeFilter({ trigger: DataChangeTrigger.StatusValueTimestamp, deadbandType: DeadbandType.None });

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
): Promise<readonly Refusal[]> {
  const refused: Refusal[] = [];
  const create = async (batch: readonly Item[], filter: DataChangeFilter | null) => {
    const parameters = {
      samplingInterval: polling.samplingMs,
      queueSize: queueSizeOf(polling),
      discardOldest: true,
      filter,
    };
    const nodes = batch.map(({ node }) => valueAttribute(node));
    const group = await subscription.monitorItems(nodes, parameters, TimestampsToReturn.Both);
    group.on("changed", (_, dataValue, at) => {
      const item = batch[at];
      if (item) changed(item, dataValue);
    });
    const bad = group.monitoredItems.flatMap(({ statusCode }, at) => {
      const item = batch[at];
      return item && qualityOf(statusCode.value) === "bad" ? [{ item, status: statusCode }] : [];
    });
    const unfiltered = bad.filter(({ status }) => filter && isFilterRefusal(status.value));
    if (unfiltered.length > 0)
      await create(
        unfiltered.map(({ item }) => item),
        null,
      );
    const rest = bad.filter((entry) => !unfiltered.includes(entry));
    refused.push(...rest.map(({ item, status }) => ({ item, status: status.name })));
  };
  for (const [report, wanted] of Map.groupBy(items, (item) => item.report)) {
    for (const batch of inBatches(wanted, perCall)) await create(batch, report === "every" ? everyTime() : null);
  }
  return refused;
}

const filterRefusals: readonly number[] = [
  StatusCodes.BadMonitoredItemFilterUnsupported.value,
  StatusCodes.BadFilterNotAllowed.value,
  StatusCodes.BadMonitoredItemFilterInvalid.value,
];
const isFilterRefusal = (status: number): boolean => filterRefusals.includes(status);
