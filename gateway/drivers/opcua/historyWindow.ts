import {
  type ClientSession,
  HistoryData,
  HistoryReadRequest,
  type HistoryReadResult,
  ReadRawModifiedDetails,
  StatusCodes,
  TimestampsToReturn,
} from "node-opcua";
import type { Clock } from "#shared/kit/clock.ts";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import { seconds } from "#shared/model/time.ts";
import { within } from "../../deadline.ts";
import type { Reading } from "../../driver.ts";
import type { Asking } from "./browse/gently.ts";
import type { HistoryGap } from "./history.ts";
import { qualityOf } from "./status.ts";
import { readingOf } from "./value.ts";

const callLimit = seconds(15);
const releaseLimit = seconds(2);
/** Values of one answer, over all of its nodes: what is in memory at a time. */
const valuesPerCall = 2_000;

export interface WindowReading {
  readonly ask: Asking;
  readonly give: (index: number, reading: Reading) => void;
  /** Told the StatusCode's name of each node that the server refuses. */
  readonly refuse: (status: string) => void;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** A gap that is being read, page by page. */
interface Page {
  readonly gap: HistoryGap;
  continuationPoint: Buffer | null;
  last: Reading | undefined;
}

/** A server may refuse a whole call because of one of its nodes. */
const callRefused = /Bad(HistoryOperation|UserAccess|NotReadable|NodeId|Timestamp|InvalidArgument|InternalError)\w*/;

/**
 * Reads gaps that share a window, each page given as it comes. Returns what is left of those that must be read alone:
 * the server had no continuation point for them, or refused the call for all of them.
 */
export async function readWindow(
  session: ClientSession,
  gaps: readonly HistoryGap[],
  { ask, give, refuse, clock, signal }: WindowReading,
): Promise<readonly HistoryGap[]> {
  const historyReadDetails = new ReadRawModifiedDetails({
    isReadModified: false,
    startTime: new Date(Math.min(...gaps.map(({ from }) => from))),
    endTime: new Date(Math.max(...gaps.map(({ to }) => to))),
    numValuesPerNode: Math.ceil(valuesPerCall / gaps.length),
    returnBounds: false,
  });
  const request = (pages: readonly Page[], releaseContinuationPoints: boolean) =>
    new HistoryReadRequest({
      historyReadDetails,
      timestampsToReturn: TimestampsToReturn.Source,
      releaseContinuationPoints,
      nodesToRead: pages.map(({ gap, continuationPoint }) => ({
        nodeId: gap.node,
        ...(continuationPoint && { continuationPoint }),
      })),
    });
  const late = () => new CodedError("TIMEOUT", `no answer to a history read in ${callLimit} ms`);
  const call = async (pages: readonly Page[]): Promise<readonly HistoryReadResult[]> =>
    (await within(session.historyRead(request(pages, false)), callLimit, clock, late, signal)).results ?? [];

  const starved: HistoryGap[] = [];
  let open: readonly Page[] = gaps.map((gap) => ({ gap, continuationPoint: null, last: undefined }));
  try {
    while (open.length > 0) {
      const results = await ask.each(open, call);
      open = open.filter((page, i) => {
        const result = results[i];
        const status = result?.statusCode ?? StatusCodes.BadUnexpectedError;
        const isFirst = page.continuationPoint === null;
        page.continuationPoint = null;
        if (isFirst && gaps.length > 1 && status.equals(StatusCodes.BadNoContinuationPoints)) starved.push(page.gap);
        else if (qualityOf(status.value) === "bad") refuse(status.name);
        else if (result) {
          givePage(page, result, give);
          page.continuationPoint = result.continuationPoint?.length ? result.continuationPoint : null;
        }
        return page.continuationPoint !== null;
      });
    }
  } catch (error) {
    const refusal = signal.aborted ? undefined : callRefused.exec(messageOf(error))?.[0];
    if (refusal === undefined) {
      const begun = open.filter(({ continuationPoint }) => continuationPoint);
      release(session, request(begun, true), clock);
      throw error;
    }
    if (gaps.length > 1) return [...starved, ...open.map(({ gap, last }) => ({ ...gap, from: last?.at ?? gap.from }))];
    refuse(refusal);
  }
  return starved;
}

/** Both ends of a window belong to it at the server, and are known already; a server may repeat a page's last value. */
function givePage(page: Page, { historyData }: HistoryReadResult, give: WindowReading["give"]): void {
  if (!(historyData instanceof HistoryData)) return;
  const { index, from, to } = page.gap;
  for (const value of historyData.dataValues ?? []) {
    // A value without a time cannot be placed: with the gap's end as its time it is left out.
    const reading = readingOf(value, to);
    const isRepeated = reading.at === page.last?.at && reading.value === page.last.value;
    if (reading.at <= from || reading.at >= to || isRepeated) continue;
    page.last = reading;
    give(index, { ...reading, historical: true });
  }
}

/** Lets the server forget what it keeps for pages that nobody asks for any more; nobody waits for it. */
function release(session: ClientSession, request: HistoryReadRequest, clock: Clock): void {
  if (!request.nodesToRead?.length) return;
  const late = () => new CodedError("TIMEOUT", `no answer in ${releaseLimit} ms`);
  within(session.historyRead(request), releaseLimit, clock, late).catch(() => {});
}
