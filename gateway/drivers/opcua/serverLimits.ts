import { type ClientSession, resolveNodeId, VariableIds } from "node-opcua";
import { inBatches, valueAttribute } from "./nodes.ts";
import { qualityOf } from "./status.ts";

/** Most of each kind in one call (OperationLimits of IEC 62541-5, 6.3.11); infinite where the server names no limit. */
export interface ServerLimits {
  readonly items: number;
  readonly reads: number;
  readonly browses: number;
  readonly paths: number;
  readonly historyReads: number;
}

/** Most nodes per read, also where the server would take more. */
export const mostReads = 500;

const none = Number.POSITIVE_INFINITY;

/** How many nodes a read may name is asked for alone, and holds for the question after the other limits. */
export async function readServerLimits(session: ClientSession): Promise<ServerLimits> {
  const [reads = none] = await limitsOf(session, [
    VariableIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerRead,
  ]);
  const others = [
    VariableIds.Server_ServerCapabilities_OperationLimits_MaxMonitoredItemsPerCall,
    VariableIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerBrowse,
    VariableIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerTranslateBrowsePathsToNodeIds,
    VariableIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerHistoryReadData,
  ];
  const found: number[] = [];
  for (const batch of inBatches(others, Math.min(reads, others.length)))
    found.push(...(await limitsOf(session, batch)));
  const [items = none, browses = none, paths = none, historyReads = none] = found;
  return { items, reads, browses, paths, historyReads };
}

/** Zero is how a server says that it has no limit (IEC 62541-5, 6.3.11). */
async function limitsOf(session: ClientSession, ids: readonly number[]): Promise<readonly number[]> {
  const values = await session.read(ids.map((id) => valueAttribute(resolveNodeId(`i=${id}`))));
  return values.map(({ statusCode, value: { value } }) =>
    qualityOf(statusCode.value) !== "bad" && typeof value === "number" && value > 0 ? value : none,
  );
}

const tooLarge =
  /BadTooManyOperations|BadEncodingLimitsExceeded|BadRequestTooLarge|BadResponseTooLarge|BadTcpMessageTooLarge/;

/** Whether the server refused a call for its size, whatever it says of its limits. */
export const isTooLarge = (message: string): boolean => tooLarge.test(message);
