import type { Database, Statement } from "../sqlite/database.ts";
import { snapshot } from "../sqlite/database.ts";
import { decodeBlock } from "./blockCodec.ts";
import { BucketSums } from "./bucketSums.ts";
import { Heads } from "./heads.ts";
import { cutByBucket, joinPoints, mergePoints, sortPoints } from "./merge.ts";
import { between, noPoints, type Points, slicePoints } from "./points.ts";
import type { RangeAnswer } from "./readerProtocol.ts";
import type { RollUp } from "./rollUp.ts";
import { type RolledUp, RollUpIndex } from "./rollUpIndex.ts";
import { bucketOf, bucketsPerHour, bucketWidth } from "./schema.ts";
import { decodeThinned, isThinned } from "./thinnedCodec.ts";

interface Series {
  readonly id: number;
  /** Bounds of its chunks; first > last while it has none. */
  readonly first: number;
  readonly last: number;
  /** First bucket that may have samples; what is older is thinned. */
  readonly rawFrom: number;
}

/** What a series has in one bucket: a sealed chunk, newer points of the hot log, or both. */
interface Piece {
  readonly chunk: RolledUp | null;
  readonly hot: Points;
}

const hourWidth = bucketsPerHour * bucketWidth;
const hourOf = (at: number): number => Math.floor(at / hourWidth);

const noCheck = () => {};

/**
 * The reader's side of history.db. Synchronous; lives in a thread. Each query sees one state of the file, and calls
 * `check` between its parts, which throws where nobody waits for it any more.
 */
export class HistoryView {
  readonly database: Database;
  readonly #chunks: RollUpIndex;
  readonly #hours: RollUpIndex;
  readonly #body: Statement;
  readonly #series: Statement;
  readonly #generation: Statement;
  readonly #hot: Statement;
  /** The hot log as of the last query; only what came since is read again. */
  #tail = { generation: -1, seq: 0, heads: new Heads() };
  /** Newest sealed point by series, as of the tail's generation. */
  #sealedLast = new Map<number, Points>();

  constructor(database: Database) {
    this.database = database;
    this.#chunks = new RollUpIndex(database, "chunk");
    this.#hours = new RollUpIndex(database, "hour");
    this.#body = database.prepare("SELECT body FROM chunk WHERE id = ?");
    this.#series = database.prepare("SELECT id, first_bucket, last_bucket, raw_from FROM series WHERE tag = ?");
    this.#generation = database.prepare("SELECT generation FROM state");
    this.#hot = database.prepare("SELECT seq, body FROM hot WHERE seq > ? ORDER BY seq");
  }

  tags(): string[] {
    return this.database
      .prepare("SELECT tag FROM series ORDER BY tag")
      .all()
      .map(({ tag }) => String(tag));
  }

  /** At most `limit` points with from <= at < to, ascending. */
  range(tag: string, from: number, to: number, limit: number, check = noCheck): RangeAnswer {
    return this.#query(() => {
      const series = this.#seriesOf(tag);
      const parts: Points[] = [];
      let n = 0;
      for (const piece of this.#pieces(series, this.#hotOf(series), from, to)) {
        check();
        const points = between(this.#read(piece).points, from, to);
        parts.push(points);
        n += points.n;
        if (n > limit) break;
      }
      const points = slicePoints(joinPoints(parts), 0, Math.min(n, limit));
      const thinned =
        series !== undefined &&
        Math.max(series.first, bucketOf(from)) < series.rawFrom &&
        bucketOf(to - 1) >= series.first;
      return { points, more: n > limit, thinned };
    });
  }

  /** Per tag the columns of `BucketSums`. */
  buckets(tags: readonly string[], from: number, to: number, width: number, check = noCheck): Float64Array[] {
    return this.#query(() =>
      tags.map((tag) => {
        const sums = new BucketSums(from, width);
        const isOneBucket = (rollUp: RollUp): boolean =>
          rollUp.from >= from && rollUp.to < to && sums.together(rollUp.from, rollUp.to);
        const series = this.#seriesOf(tag);
        const hot = this.#hotOf(series);
        let next = from;
        // Hours where they fit, what lies between them by quarter hours, and samples only for the rest.
        if (width >= hourWidth && series) {
          for (const hour of this.#hours.ascending(
            series.id,
            hourOf(Math.max(from, series.first * bucketWidth)),
            hourOf(to - 1),
          )) {
            check();
            const start = hour.bucket * hourWidth;
            if (!isOneBucket(hour.rollUp) || between(hot, start, start + hourWidth).n > 0) continue;
            for (const piece of this.#pieces(series, hot, next, start)) this.#addTo(sums, piece, isOneBucket, from, to);
            sums.addRollUp(hour.rollUp);
            next = start + hourWidth;
          }
        }
        for (const piece of this.#pieces(series, hot, next, to)) {
          check();
          this.#addTo(sums, piece, isOneBucket, from, to);
        }
        return sums.columns();
      }),
    );
  }

  #addTo(sums: BucketSums, piece: Piece, isOneBucket: (rollUp: RollUp) => boolean, from: number, to: number): void {
    const { chunk, hot } = piece;
    if (chunk && hot.n === 0 && isOneBucket(chunk.rollUp)) {
      sums.addRollUp(chunk.rollUp);
      return;
    }
    const { points, rollUps } = this.#read(piece);
    if (rollUps) for (const rollUp of rollUps) if (from <= rollUp.from && rollUp.from < to) sums.addRollUp(rollUp);
    sums.addPoints(between(rollUps ? hot : points, from, to));
  }

  /** Per tag its newest point with at < before, as one point or none. */
  last(tags: readonly string[], before: number, check = noCheck): Points[] {
    return this.#query(() =>
      tags.map((tag) => {
        check();
        const series = this.#seriesOf(tag);
        if (!series) return noPoints;
        const hot = newest(between(this.#hotOf(series), 0, before));
        const sealed = this.#newestSealed(series, before);
        const hotIsNewer = hot.n > 0 && (sealed.n === 0 || (hot.at[0] as number) >= (sealed.at[0] as number));
        return hotIsNewer ? hot : sealed;
      }),
    );
  }

  count(tag: string, from: number, to: number, check = noCheck): number {
    return this.#query(() => {
      const series = this.#seriesOf(tag);
      let n = 0;
      for (const piece of this.#pieces(series, this.#hotOf(series), from, to)) {
        check();
        const { chunk, hot } = piece;
        if (chunk && hot.n === 0 && chunk.rollUp.from >= from && chunk.rollUp.to < to) {
          n += chunk.rollUp.n + chunk.rollUp.bad;
          continue;
        }
        const { points, rollUps } = this.#read(piece);
        n += between(rollUps ? hot : points, from, to).n;
        for (const rollUp of rollUps ?? []) if (from <= rollUp.from && rollUp.from < to) n += rollUp.n + rollUp.bad;
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
    return {
      id: Number(row.id),
      first: bound(row.first_bucket, 0),
      last: bound(row.last_bucket, -1),
      rawFrom: Number(row.raw_from),
    };
  }

  /** What the hot log has of a series, ascending. */
  #hotOf(series: Series | undefined): Points {
    return series ? sortPoints(this.#tail.heads.of(series.id)) : noPoints;
  }

  /** The buckets of a series that overlap [from, to), ascending. */
  *#pieces(series: Series | undefined, allHot: Points, from: number, to: number): Generator<Piece> {
    if (!series || from >= to) return;
    const pending = cutByBucket(between(allHot, from, to), bucketWidth);
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

  /** The points of a piece; where retention has thinned it, those that are left, and the finest roll-ups of all. */
  #read({ chunk, hot }: Piece): { points: Points; rollUps?: readonly RollUp[] } {
    if (!chunk) return { points: hot };
    const body = this.#body.get(chunk.id)?.body as Uint8Array;
    if (!isThinned(body)) return { points: mergePoints(decodeBlock(body).points, hot) };
    const { points, minutes } = decodeThinned(body);
    return { points: mergePoints(points, hot), rollUps: minutes.length > 0 ? minutes : [chunk.rollUp] };
  }

  #newestSealed(series: Series, before: number): Points {
    if (series.first > series.last) return noPoints;
    const cached = this.#sealedLast.get(series.id);
    if (cached && (cached.at[0] as number) < before) return cached;
    for (const chunk of this.#chunks.descending(series.id, series.first, Math.min(series.last, bucketOf(before - 1)))) {
      if (chunk.rollUp.from >= before) continue;
      const { points } = this.#read({ chunk, hot: noPoints });
      const found = newest(between(points, 0, before));
      if (chunk.bucket === series.last && chunk.rollUp.to < before) this.#sealedLast.set(series.id, found);
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
