import { AttributeIds, type NodeId } from "node-opcua";
import { messageOf } from "#shared/model/errors.ts";
import { type EpochMs, millis, minutes } from "#shared/model/time.ts";
import type { DriverEnv, Reading } from "../../driver.ts";
import { type Asking, askGently } from "./browse/gently.ts";
import { readWindow } from "./historyWindow.ts";
import { mostReads } from "./serverLimits.ts";
import type { OpenSession } from "./session.ts";

/** Time for which a point has no values; both ends are source times of values that are known already. */
export interface HistoryGap {
  readonly index: number;
  readonly node: NodeId;
  readonly from: EpochMs;
  readonly to: EpochMs;
}

/** Bit of AccessLevel: the server keeps a history that may be read (IEC 62541-3, 8.57). */
const historyReadBit = 4;
/** Also where the server would take more: what one answer holds stays small. */
const nodesPerWindow = 20;
/** The nodes of a call have one window: gaps that differ by more do not share one. */
const sameWindow = minutes(1);
/** Rest between two calls: live values go first. */
const rest = millis(20);
/** The server as a whole has no history for us, as opposed to one of its nodes. */
const noHistory = /BadServiceUnsupported/;

/**
 * Reads the gaps from the server's history (IEC 62541-11, 6.5.3) where it keeps one, oldest first and one call at a
 * time. Each value strictly between the ends of its gap is given once, marked historical, in the order of time for each
 * point. A node whose history the server refuses is left out, with a word in the log.
 *
 * Rejects with `NOT_CONNECTED` when the connection is lost or the server does not answer, and with the signal's reason
 * when it aborts; what was given by then stands.
 */
export async function backfill(
  open: OpenSession,
  gaps: readonly HistoryGap[],
  give: (index: number, reading: Reading) => void,
  env: DriverEnv,
  signal: AbortSignal,
): Promise<void> {
  const { session, limits } = open;
  // Nothing lies between two neighbouring milliseconds.
  const wanted = gaps.filter(({ from, to }) => to - from > 1);
  if (wanted.length === 0) return;
  const pace = { pause: rest, clock: env.clock, signal };
  const kept = await historised(open, wanted, askGently({ ...pace, perCall: Math.min(limits.reads, mostReads) }));
  const perCall = Math.min(limits.historyReads, nodesPerWindow);
  const ask = askGently({ ...pace, perCall });
  const refused = new Map<string, number>();
  const refuse = (status: string) => refused.set(status, (refused.get(status) ?? 0) + 1);
  try {
    for (const window of windowsOf(kept, perCall)) {
      const reading = { ask, give, refuse, clock: env.clock, signal };
      const left = await readWindow(session, window, reading);
      for (const gap of left) await readWindow(session, [gap], reading);
    }
  } catch (error) {
    if (signal.aborted || !noHistory.test(messageOf(error))) throw error;
    env.log.info({ error: messageOf(error) }, "The server lets no history be read: the time of the loss stays empty");
  }
  if (refused.size > 0) {
    env.log.info({ nodes: Object.fromEntries(refused) }, "The server refuses the history of nodes, counted by status");
  }
}

/** Those gaps whose node keeps a history, oldest first; each node is asked once. */
async function historised(
  { session }: OpenSession,
  gaps: readonly HistoryGap[],
  ask: Asking,
): Promise<readonly HistoryGap[]> {
  const nodes = [...new Map(gaps.map(({ node }): [string, NodeId] => [node.toString(), node]))];
  const levels = await ask.each(nodes, (batch) =>
    session.read(batch.map(([, nodeId]) => ({ nodeId, attributeId: AttributeIds.AccessLevel }))),
  );
  const keeps = new Set(
    nodes.flatMap(([id], i) => ((Number(levels[i]?.value?.value ?? 0) & historyReadBit) !== 0 ? [id] : [])),
  );
  return gaps.filter(({ node }) => keeps.has(node.toString())).toSorted((a, b) => a.from - b.from);
}

/** Sorted gaps in groups of at most `most` that lie nearly alike. */
function windowsOf(gaps: readonly HistoryGap[], most: number): readonly (readonly HistoryGap[])[] {
  const windows: HistoryGap[][] = [];
  for (const gap of gaps) {
    const window = windows.at(-1);
    const first = window?.[0];
    const isNear =
      first && gap.from - first.from <= sameWindow && Math.abs(gap.to - first.to) <= sameWindow && window.length < most;
    if (isNear) window.push(gap);
    else windows.push([gap]);
  }
  return windows;
}
