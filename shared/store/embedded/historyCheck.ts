import { CodedError } from "#shared/model/errors.ts";
import type { Database } from "../sqlite/database.ts";
import { snapshot } from "../sqlite/database.ts";
import { decodeBlock } from "./blockCodec.ts";
import { addRollUps, type RollUp, rollUpColumns, rollUpOf, rollUpOfRow } from "./rollUp.ts";
import { bucketOfChunk, bucketsPerHour, bucketWidth, chunkId, seriesOfChunk } from "./schema.ts";
import { decodeThinned, isThinned } from "./thinnedCodec.ts";

export interface HistoryFound {
  chunks: number;
  hours: number;
  samples: number;
  /** Blocks that could not be decoded and were kept aside earlier. */
  readonly aside: number;
}

/**
 * Decodes every block of a history and holds each roll-up against what lies under it; `report` takes each fault. One
 * hour at a time, each in a view of its own, so that a writer beside it is not held up.
 */
export function checkHistory(database: Database, report: (fault: string) => void): HistoryFound {
  const count = (table: string): number => Number(database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n);
  const found: HistoryFound = { chunks: 0, hours: 0, samples: 0, aside: count("damaged_block") };
  for (const { seq, body } of database.prepare("SELECT seq, body FROM hot ORDER BY seq").iterate()) {
    const block = readOr(report, `hot ${seq}`, () => decodeBlock(body as Uint8Array));
    found.samples += block?.points.n ?? 0;
  }
  const nextChunk = database.prepare("SELECT min(id) AS id FROM chunk WHERE id >= ?");
  const nextHour = database.prepare("SELECT min(id) AS id FROM hour WHERE id >= ?");
  /** The first hour from `hour` on that has rows. */
  const following = (hour: number): number => {
    const chunk = nextChunk.get(chunkId(hour * bucketsPerHour, 0))?.id ?? Number.POSITIVE_INFINITY;
    const row = nextHour.get(chunkId(hour, 0))?.id ?? Number.POSITIVE_INFINITY;
    return Math.min(Math.floor(bucketOfChunk(Number(chunk)) / bucketsPerHour), bucketOfChunk(Number(row)));
  };
  for (let hour = following(0); hour < Number.POSITIVE_INFINITY; hour = following(hour + 1)) {
    snapshot(database, () => checkHour(database, hour, found, report));
  }
  return found;
}

function checkHour(database: Database, hour: number, found: HistoryFound, report: (fault: string) => void): void {
  const between = (first: number, last: number) => [chunkId(first, 0), chunkId(last, 0)];
  const chunks = database
    .prepare(`SELECT id, ${rollUpColumns}, body FROM chunk WHERE id >= ? AND id < ? ORDER BY id`)
    .iterate(...between(hour * bucketsPerHour, (hour + 1) * bucketsPerHour));
  const wholes = new Map<number, RollUp>();
  for (const row of chunks) {
    const id = Number(row.id);
    const told = rollUpOfRow(row);
    found.chunks++;
    found.samples += told.n + told.bad;
    const name = `chunk ${id} (${new Date(bucketOfChunk(id) * bucketWidth).toISOString()}, series ${seriesOfChunk(id)})`;
    const body = row.body as Uint8Array;
    const really = readOr(report, name, () =>
      isThinned(body) ? rollUpOfThinned(body) : rollUpOf(decodeBlock(body).points),
    );
    if (really && !sameRollUp(really, told)) report(`${name}: its roll-up is not that of its samples`);
    const before = wholes.get(seriesOfChunk(id));
    wholes.set(seriesOfChunk(id), before ? addRollUps(before, told) : told);
  }
  const hours = database.prepare(`SELECT * FROM hour WHERE id >= ? AND id < ?`).all(...between(hour, hour + 1));
  for (const row of hours) {
    const series = seriesOfChunk(Number(row.id));
    const expected = wholes.get(series);
    found.hours++;
    wholes.delete(series);
    if (!expected || !sameRollUp(expected, rollUpOfRow(row))) {
      report(`hour ${row.id}: its roll-up is not that of its quarters`);
    }
  }
  for (const series of wholes.keys()) report(`hour ${chunkId(hour, series)} is missing`);
}

/** Of a thinned chunk whose minutes are gone nothing can be said. */
function rollUpOfThinned(body: Uint8Array): RollUp | undefined {
  const { minutes } = decodeThinned(body);
  return minutes.length === 0 ? undefined : minutes.reduce(addRollUps);
}

function readOr<Result>(report: (fault: string) => void, name: string, read: () => Result): Result | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    report(`${name}: ${error.detail}`);
    return undefined;
  }
}

/** Sums may differ in the last digits, by the order of adding. */
const sameRollUp = (a: RollUp, b: RollUp): boolean =>
  (Object.keys(a) as (keyof RollUp)[]).every((key) => {
    const [x, y] = [a[key], b[key]];
    if (key !== "sum" || typeof x !== "number" || typeof y !== "number") return x === y || (x === 0 && y === 0);
    return Math.abs(x - y) <= 1e-9 * Math.max(1, Math.abs(x), Math.abs(y));
  });
