import { type InfluxServer, LinesRefused } from "./server.ts";

/** A line that the server will never take, by its position, and its words. */
export interface RefusedLine {
  readonly index: number;
  readonly why: string;
}

/**
 * Writes lines and finds those that the server refuses. Its answer does not tell them: a "partial write" may mean that
 * all others are stored (1.x), or that the whole batch was dropped (a fresh shard, 2.x). So a refused batch is halved
 * until single lines remain; lines that were stored already are merely overwritten with themselves.
 */
export async function writeLines(
  server: Pick<InfluxServer, "write">,
  lines: readonly string[],
  offset = 0,
): Promise<readonly RefusedLine[]> {
  try {
    await server.write(lines);
    return [];
  } catch (error) {
    if (!(error instanceof LinesRefused)) throw error;
    if (lines.length === 1 || error.dropped === lines.length) {
      return lines.map((_, i) => ({ index: offset + i, why: error.message }));
    }
    const middle = lines.length >> 1;
    const left = await writeLines(server, lines.slice(0, middle), offset);
    const right = await writeLines(server, lines.slice(middle), offset + middle);
    return [...left, ...right];
  }
}
