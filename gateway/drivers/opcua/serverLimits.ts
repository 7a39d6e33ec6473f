import { type ClientSession, readOperationLimits } from "node-opcua";

/** Most of each kind in one call (OperationLimits of IEC 62541-5, 6.3.11); infinite where the server names no limit. */
export interface ServerLimits {
  readonly items: number;
  readonly reads: number;
  readonly browses: number;
  readonly paths: number;
  readonly historyReads: number;
}

export async function readServerLimits(session: ClientSession): Promise<ServerLimits> {
  const limits = await readOperationLimits(session);
  const named = (limit: number | undefined): number => limit || Number.POSITIVE_INFINITY;
  return {
    items: named(limits.maxMonitoredItemsPerCall),
    reads: named(limits.maxNodesPerRead),
    browses: named(limits.maxNodesPerBrowse),
    paths: named(limits.maxNodesPerTranslateBrowsePathsToNodeIds),
    historyReads: named(limits.maxNodesPerHistoryReadData),
  };
}

const tooLarge =
  /BadTooManyOperations|BadEncodingLimitsExceeded|BadRequestTooLarge|BadResponseTooLarge|BadTcpMessageTooLarge/;

/** Whether the server refused a call for its size, whatever it says of its limits. */
export const isTooLarge = (message: string): boolean => tooLarge.test(message);
