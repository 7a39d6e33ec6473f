import type { Clock } from "#shared/kit/clock.ts";
import { createMetrics } from "#shared/kit/metrics.ts";
import { CodedError, errorCodes } from "#shared/model/errors.ts";
import { type DurationMs, millis } from "#shared/model/time.ts";
import { defaultPolling } from "#shared/plant/protocols/modbusUrl.ts";
import { type Outcome, readBlock } from "../block.ts";
import { bitOf } from "../decode.ts";
import { describeException } from "../exceptions.ts";
import { createExchange, type Session } from "../exchange.ts";
import { createFigures } from "../figures.ts";
import { createLink } from "../link.ts";
import { isBits, mostOf, requestOf, type Span } from "../plan.ts";
import type { ProbeTarget } from "./target.ts";

/** One register or bit as the device gave it, or why it did not. */
export type Cell =
  | { readonly address: number; readonly raw: number }
  | { readonly address: number; readonly why: string };

export interface Sweep {
  /** In order of their addresses, none left out. */
  readonly cells: readonly Cell[];
  readonly requests: number;
  readonly took: DurationMs;
}

/**
 * Reads the range in as few requests as the device takes; what it refuses is said so, the rest is there. Only reads.
 * Rejects with `NOT_CONNECTED` or `TIMEOUT` where the device answers nothing.
 */
export async function sweep(target: ProbeTarget, clock: Clock, signal: AbortSignal): Promise<Sweep> {
  const { connection, table, from, count } = target;
  const polling = defaultPolling();
  await using link = createLink(connection, { clock });
  const figures = createFigures("probe", createMetrics(), () => link.counts(connection.unit));
  const exchange = createExchange({ id: target.url, connection, polling }, link, figures, clock);
  const session: Session = { proven: false, unanswered: 0 };
  const check = () => signal.throwIfAborted();
  const began = clock.monotonic();
  let requests = 0;
  const ask = (span: Span) => {
    requests += 1;
    return exchange(span, { session, patience: Number.POSITIVE_INFINITY, signal, check });
  };

  await link.attach(connection.unit, millis(connection.timeoutMs), signal);
  const outcomes = new Map<Span, Outcome>();
  const refusals = new Map<Span, number>();
  const lessons = {
    refused: (span: Span, exception: number) => void refusals.set(span, exception),
    divided: () => {},
    mayHalve: () => true,
  };
  const spans = Array.from({ length: count }, (_, i): Span => ({ table, start: from + i, count: 1 }));
  const size = mostOf(table, polling);
  for (let i = 0; i < count; i += size) {
    const [first, ...more] = spans.slice(i, i + size);
    if (first) await readBlock(requestOf([first, ...more]), ask, outcomes, lessons);
    if (!session.proven && session.unanswered > 0) {
      const what = `unit ${connection.unit} does not answer in ${connection.timeoutMs} ms`;
      throw new CodedError("TIMEOUT", `${target.url}: ${what}: check unit, baud rate and parity, or raise timeoutMs.`);
    }
  }
  const cells = spans.map((span) => cellOf(span, outcomes.get(span), refusals.get(span)));
  return { cells, requests, took: millis(clock.monotonic() - began) };
}

function cellOf({ table, start: address }: Span, outcome: Outcome | undefined, exception: number | undefined): Cell {
  if (!outcome || "reason" in outcome) {
    if (exception !== undefined) return { address, why: `refused: ${describeException(exception)}` };
    return { address, why: errorCodes[outcome?.reason ?? "UNKNOWN"].en };
  }
  const { data, start } = outcome;
  const offset = address - start;
  if (isBits(table)) return { address, raw: Number(bitOf(data[offset >> 3] ?? 0, offset & 7)) };
  return { address, raw: ((data[offset * 2] ?? 0) << 8) | (data[offset * 2 + 1] ?? 0) };
}
