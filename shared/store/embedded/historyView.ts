import type { Database, Statement } from "../sqlite/database.ts";
import { snapshot } from "../sqlite/database.ts";
import { decodeBlock } from "./blockCodec.ts";
import { BucketSums } from "./bucketSums.ts";
import { type Chunk, ChunkIndex } from "./chunkIndex.ts";
import { Heads } from "./heads.ts";
import { cutByBucket, joinPoints, mergePoints, sortPoints } from "./merge.ts";
import { between, noPoints, type Points, slicePoints } from "./points.ts";
import { bucketOf, bucketWidth } from "./schema.ts";

interface Series {
  readonly id: number;
  /** Bounds of its chunks; first > last while it has none. */
  readonly first: number;
  readonly last: number;
}

/** What a series has in one bucket: a sealed chunk, newer points of the hot log, or both. */
interface Piece {
  readonly chunk: Chunk | null;
  readonly hot: Points;
}

const noCheck = () => {};

/**
 * The reader's side of history.db. Synchronous; lives in a thread. Each query sees one state of the file, and calls
 * `check` between its parts, which throws where nobody waits for it any more.
 */
export class HistoryView {
  readonly database: Database;
  readonly #chunks: ChunkIndex;
  readonly #series: Statement;
  readonly #generation: Statement;
  readonly #hot: Statement;
  /** The hot log as of the last query; only what came since is read again. */
  #tail = { generation: -1, seq: 0, heads: new Heads() };
  /** Newest sealed point by series, as of the tail's generation. */
  #sealedLast = new Map<number, Points>();

  constructor(database: Database) {
    this.database = database;
    this.#chunks = new ChunkIndex(database);
    this.#series = database.prepare("SELECT id, first_bucket, last_bucket FROM series WHERE tag = ?");
    this.#generation = database.prepare("SELECT generation FROM state");
    this.#hot = database.prepare("SELECT seq, body FROM hot WHERE seq > ? ORDER BY seq");
  }

  tags(): string[] {
    return this.database.prepare("SELECT tag FROM series ORDER BY tag").all().map(({ tag }) => String(tag)); // biome-ignore format: one line
  }

  /** At most `limit` points with from <= at < to, ascending. */
  range(tag: string, from: number, to: number, limit: number, check = noCheck): { points: Points; more: boolean } {
    return this.#query(() => {
      const parts: Points[] = [];
      let n = 0;
      for (const piece of this.#pieces(this.#seriesOf(tag), from, to)) {
        check();
        const points = between(this.#read(piece), from, to);
        parts.push(points);
        n += points.n;
        if (n > limit) break;
      }
      const points = joinPoints(parts);
      return { points: slicePoints(points, 0, Math.min(n, limit)), more: n > limit };
    });
  }

  /** Per tag the columns of `BucketSums`. */
  buckets(tags: readonly string[], from: number, to: number, width: number, check = noCheck): Float64Array[] {
    return this.#query(() =>
      tags.map((tag) => {
        const sums = new BucketSums(from, width);
        for (const piece of this.#pieces(this.#seriesOf(tag), from, to)) {
          check();
          const { chunk, hot } = piece;
          const whole = chunk && hot.n === 0 && chunk.from >= from && chunk.to < to;
          if (whole && sums.together(chunk.from, chunk.to)) sums.addSummary(chunk.from, chunk.summary);
          else sums.addPoints(between(this.#read(piece), from, to));
        }
        return sums.columns();
      }),
    );
  }

  /** Per tag its newest point with at < before, as one point or none. */
  last(tags: readonly string[], before: number, check = noCheck): Points[] {
    return this.#query(() =>
      tags.map((tag) => {
        check();
        const series = this.#seriesOf(tag);
        if (!series) return noPoints;
        const hot = newest(between(sortPoints(this.#tail.heads.of(series.id)), 0, before));
        const sealed = this.#newestSealed(series, before);
        const hotIsNewer = hot.n > 0 && (sealed.n === 0 || (hot.at[0] as number) >= (sealed.at[0] as number));
        return hotIsNewer ? hot : sealed;
      }),
    );
  }

  count(tag: string, from: number, to: number, check = noCheck): number {
    return this.#query(() => {
      let n = 0;
      for (const piece of this.#pieces(this.#seriesOf(tag), from, to)) {
        check();
        const { chunk, hot } = piece;
        if (chunk && hot.n === 0 && chunk.from >= from && chunk.to < to) n += chunk.summary.n + chunk.summary.bad;
        else n += between(this.#read(piece), from, to).n;
      }
      return n;
    });
  }

  #query<Result>(body: () => Result): Result {
    return snapshot(this.database, () => {
      this.#follow();
      return body();
    });
  }

  /** Reads what the hot log got since the last query; all of it after a seal, when little is left in it. */
  #follow(): void {
    const generation = Number(this.#generation.get()?.generation);
    if (generation !== this.#tail.generation) {
      this.#tail = { generation, seq: 0, heads: new Heads() };
      this.#sealedLast = new Map();
    }
    for (const { seq, body } of this.#hot.iterate(this.#tail.seq)) {
      this.#tail.heads.add(decodeBlock(body as Uint8Array));
      this.#tail.seq = Number(seq);
    }
  }

  #seriesOf(tag: string): Series | undefined {
    const row = this.#series.get(tag);
    if (!row) return undefined;
    const bound = (value: unknown, none: number): number => (value === null ? none : Number(value));
    return { id: Number(row.id), first: bound(row.first_bucket, 0), last: bound(row.last_bucket, -1) };
  }

  /** The buckets of a series that overlap [from, to), ascending. */
  *#pieces(series: Series | undefined, from: number, to: number): Generator<Piece> {
    if (!series || from >= to) return;
    const pending = cutByBucket(between(sortPoints(this.#tail.heads.of(series.id)), from, to), bucketWidth);
    let hot = pending.next();
    const first = Math.max(series.first, bucketOf(from));
    const last = Math.min(series.last, bucketOf(to - 1));
    for (const chunk of this.#chunks.ascending(series.id, first, last)) {
      for (; !hot.done && hot.value[0] < chunk.bucket; hot = pending.next()) yield { chunk: null, hot: hot.value[1] };
      if (!hot.done && hot.value[0] === chunk.bucket) {
        yield { chunk, hot: hot.value[1] };
        hot = pending.next();
      } else {
        yield { chunk, hot: noPoints };
      }
    }
    for (; !hot.done; hot = pending.next()) yield { chunk: null, hot: hot.value[1] };
  }

  #read({ chunk, hot }: Piece): Points {
    return chunk ? mergePoints(this.#chunks.read(chunk), hot) : hot;
  }

  #newestSealed(series: Series, before: number): Points {
    const cached = this.#sealedLast.get(series.id);
    if (cached && (cached.at[0] as number) < before) return cached;
    for (const chunk of this.#chunks.descending(series.id, series.first, Math.min(series.last, bucketOf(before - 1)))) {
      if (chunk.from >= before) continue;
      const points = this.#chunks.read(chunk);
      const found = newest(between(points, 0, before));
      if (chunk.bucket === series.last && chunk.to < before) this.#sealedLast.set(series.id, found);
      return found;
    }
    return noPoints;
  }
}

/** The last point alone, in memory of its own: what it was cut from can go. */
function newest(points: Points): Points {
  if (points.n === 0) return noPoints;
  const { at, value, status, reason, texts } = slicePoints(points, points.n - 1, points.n);
  return { n: 1, at: at.slice(), value: value.slice(), status: status.slice(), reason: reason.slice(), texts };
}
