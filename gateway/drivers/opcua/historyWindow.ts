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
import { CodedError } from "#shared/model/errors.ts";
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

/**
 * Reads gaps that share a window, each page given as it comes. Returns those that got no continuation point because the
 * server had none left; nothing of them was given.
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
    release(
      session,
      request(
        open.filter(({ continuationPoint }) => continuationPoint),
        true,
      ),
      clock,
    );
    throw error;
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
