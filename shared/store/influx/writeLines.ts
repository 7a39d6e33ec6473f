import { CodedError } from "#shared/model/errors.ts";
import { type InfluxServer, LinesRefused } from "./server.ts";

/** A line that the server will never take, by its position, and its words. */
export interface RefusedLine {
  readonly index: number;
  readonly why: string;
}

type Server = Pick<InfluxServer, "write">;

/**
 * Writes lines and finds those that the server refuses. Where it refuses some, it is first asked to take `probe`, a
 * line known to be good: a server or proxy that refuses that one too is at fault, not the data, and nothing is given
 * up. Rejects with `STORE_UNAVAILABLE` then.
 */
export async function writeLines(
  server: Server,
  lines: readonly string[],
  probe: string,
): Promise<readonly RefusedLine[]> {
  try {
    await server.write(lines);
    return [];
  } catch (error) {
    if (!(error instanceof LinesRefused)) throw error;
    await server.write([probe]).catch((cause: unknown) => {
      if (!(cause instanceof LinesRefused)) throw cause;
      const detail = `InfluxDB refuses even the line \`${probe}\`: ${cause.message}. Nothing is given up; see its log.`;
      throw new CodedError("STORE_UNAVAILABLE", detail, { cause });
    });
    return refusedOf(server, lines, 0, error);
  }
}

/**
 * The answer does not tell the lines: a "partial write" may mean that all others are stored (1.x), or that the whole
 * batch was dropped (a fresh shard of 1.x, a plain 400 of 2.x). So the batch is halved until single lines remain; lines
 * that were stored already are merely overwritten with themselves.
 */
async function refusedOf(
  server: Server,
  lines: readonly string[],
  offset: number,
  refusal: LinesRefused,
): Promise<readonly RefusedLine[]> {
  if (lines.length === 1 || refusal.dropped === lines.length) {
    return lines.map((_, i) => ({ index: offset + i, why: refusal.message }));
  }
  const middle = lines.length >> 1;
  const found: RefusedLine[] = [];
  for (const [start, end] of [
    [0, middle],
    [middle, lines.length],
  ] as const) {
    const half = lines.slice(start, end);
    await server.write(half).catch(async (error: unknown) => {
      if (!(error instanceof LinesRefused)) throw error;
      found.push(...(await refusedOf(server, half, offset + start, error)));
    });
  }
  return found;
}
