import { CodedError } from "#shared/model/errors.ts";
import { addRange, formatRanges, inRanges, noRanges, parseRanges, type Ranges } from "#shared/model/ranges.ts";
import type { Retention } from "#shared/model/retention.ts";
import type { DurationMs, EpochMs } from "#shared/model/time.ts";
import { type Database, openForWriting, type Statement, transaction } from "../sqlite/database.ts";
import { decodeBlock, encodeBlock } from "./blockCodec.ts";
import { ChunkWriter, type Piece, type Quarantine } from "./chunkWriter.ts";
import { keepDamaged } from "./damagedBlock.ts";
import type { CommitGroup } from "./group.ts";
import { Heads } from "./heads.ts";
import { historyFormat } from "./historyFormat.ts";
import { cutByBucket, joinPoints, sortPoints } from "./merge.ts";
import { slicePoints } from "./points.ts";
import { Retainer } from "./retainer.ts";
import { bucketOf, bucketWidth, seriesPerBucket } from "./schema.ts";
import type { Committed } from "./writerProtocol.ts";

/** When the hot log is sealed. */
export interface SealPolicy {
  /** A bucket is sealed this long after its end: by then most of its late samples are there. */
  readonly grace: DurationMs;
  /** With more points than this in the hot log everything is sealed at once. */
  readonly maxHotPoints: number;
}

/** Points that one step of sealing writes in one transaction: a commit waits at most for one step. */
const pointsPerStep = 100_000;

/** Positions in a group, from the first up to but not including the second. */
type Stretch = [from: number, to: number];

/** The writer's side of history.db: commits groups to the hot log, seals it, applies retention. Synchronous; lives in a thread. */
export class HistoryFile implements Disposable {
  readonly #database: Database;
  readonly #policy: SealPolicy;
  readonly #onDamage: (error: CodedError) => void;
  readonly #insertSeries: Statement;
  readonly #insertHot: Statement;
  readonly #upsertRanges: Statement;
  readonly #chunks: ChunkWriter;
  readonly #retainer: Retainer;
  readonly #series = new Map<string, number>();
  readonly #batches = new Map<string, Ranges>();
  #hotPoints: number;
  /** First bucket that the last seal left open. */
  #openFrom = Number.NEGATIVE_INFINITY;

  constructor(file: string, policy: SealPolicy, retention: Retention, onDamage: (error: CodedError) => void) {
    this.#policy = policy;
    this.#onDamage = onDamage;
    let hotPoints = 0;
    this.#database = openForWriting(file, historyFormat, (database) => {
      for (const { id, tag } of database.prepare("SELECT id, tag FROM series").all()) {
        this.#series.set(String(tag), Number(id));
      }
      for (const { queue_id, ranges } of database.prepare("SELECT queue_id, ranges FROM stored_batch").all()) {
        this.#batches.set(String(queue_id), parseRanges(String(ranges)));
      }
      hotPoints = Number(database.prepare("SELECT coalesce(sum(n), 0) AS n FROM hot").get()?.n);
      database.prepare("SELECT max(id) FROM chunk").get();
    });
    this.#hotPoints = hotPoints;
    const quarantine: Quarantine = (origin, body, cause) => this.#quarantine(origin, body, cause);
    this.#chunks = new ChunkWriter(this.#database, quarantine);
    this.#retainer = new Retainer(this.#database, retention, quarantine);
    this.#insertSeries = this.#database.prepare("INSERT INTO series (id, tag) VALUES (?, ?)");
    this.#insertHot = this.#database.prepare("INSERT INTO hot (seq, n, body) VALUES (?, ?, ?)");
    this.#upsertRanges = this.#database.prepare(
      "INSERT INTO stored_batch VALUES (?, ?) ON CONFLICT (queue_id) DO UPDATE SET ranges = excluded.ranges",
    );
  }

  storedBatches(): ReadonlyMap<string, Ranges> {
    return this.#batches;
  }

  /**
   * Makes a group durable, except those of its batches that already are. `refused` are the positions of samples that are
   * older than their tag's are kept: they are not stored, and where they are more than `kept`, nothing is.
   */
  commit(group: CommitGroup, kept = Number.POSITIVE_INFINITY): Pick<Committed, "isDurable" | "refused"> {
    const { fresh, batches } = this.#newBatches(group);
    const added = new Map<string, number>();
    const ids = group.tags.map((tag) => {
      const id = this.#series.get(tag) ?? this.#series.size + 1 + added.size;
      if (!this.#series.has(tag)) added.set(tag, id);
      return id;
    });
    if (this.#series.size + added.size >= seriesPerBucket) {
      throw new CodedError("STORE_UNAVAILABLE", `The history holds at most ${seriesPerBucket} tags.`);
    }
    const oldest = ids.map((id) => this.#retainer.rawFrom(id));
    const { rest, refused } = cutOut(
      fresh,
      (i) => (group.points.at[i] as number) < (oldest[group.tag[i] as number] as number),
    );
    if (refused.length > kept) return { isDurable: false, refused };
    const points = joinPoints(rest.map(([from, to]) => slicePoints(group.points, from, to)));
    if (points.n === 0 && batches.size === 0) return { isDurable: true, refused };
    const series = new Float64Array(points.n);
    let n = 0;
    for (const [from, to] of rest) {
      for (let i = from; i < to; i++) series[n++] = ids[group.tag[i] as number] as number;
    }
    const body = encodeBlock({ points, series });
    transaction(this.#database, () => {
      for (const [tag, id] of added) this.#insertSeries.run(id, tag);
      if (points.n > 0) this.#insertHot.run(null, points.n, body);
      for (const [queueId, ranges] of batches) this.#upsertRanges.run(queueId, formatRanges(ranges));
    });
    for (const [tag, id] of added) this.#series.set(tag, id);
    for (const [queueId, ranges] of batches) this.#batches.set(queueId, ranges);
    this.#hotPoints += points.n;
    return { isDurable: true, refused };
  }

  /** Where the points of new batches are, and the changed ranges per queue. */
  #newBatches(group: CommitGroup): { fresh: Stretch[]; batches: Map<string, Ranges> } {
    const batches = new Map<string, Ranges>();
    const fresh: Stretch[] = [];
    let from = 0;
    for (const { name, end } of group.batches) {
      const known = name ? (batches.get(name.queueId) ?? this.#batches.get(name.queueId) ?? noRanges) : noRanges;
      if (!name || !inRanges(known, name.number)) {
        const before = fresh.at(-1);
        if (before?.[1] === from) before[1] = end;
        else fresh.push([from, end]);
        if (name) batches.set(name.queueId, addRange(known, name.number, name.number));
      }
      from = end;
    }
    return { fresh, batches };
  }

  /** More points in the hot log than its policy allows. */
  get isOverfull(): boolean {
    return this.#hotPoints > this.#policy.maxHotPoints;
  }

  /** So much more that writers have to wait for the seal: otherwise memory would grow with what they bring. */
  get isFlooded(): boolean {
    return this.#hotPoints > 2 * this.#policy.maxHotPoints + pointsPerStep;
  }

  /** Seals what is due at `now`, in steps between which commits may happen; none where nothing is due. */
  *seal(now: EpochMs): Generator<void> {
    const openFrom = bucketOf(now - this.#policy.grace);
    const overfull = this.isOverfull;
    if (this.#hotPoints === 0 || (openFrom <= this.#openFrom && !overfull)) return;
    // Buckets after the next one are not waited for: a sample with a wrong clock must not hold the log open.
    const openTo = bucketOf(now) + 1;
    const isOpen = (bucket: number): boolean => !overfull && bucket >= openFrom && bucket <= openTo;
    yield* this.#sealWhere((bucket) => !isOpen(bucket));
    this.#openFrom = openFrom;
  }

  *#sealWhere(closed: (bucket: number) => boolean): Generator<void> {
    const rows = this.#database.prepare("SELECT seq FROM hot ORDER BY seq").all();
    const last = rows.at(-1)?.seq;
    if (last === undefined) return;
    const heads = new Heads();
    for (const { seq } of rows) {
      this.#readHot(Number(seq), heads);
      yield;
    }
    const open: Piece[] = [];
    let step: Piece[] = [];
    let stepPoints = 0;
    for (const [series, arrived] of heads.entries()) {
      for (const [bucket, points] of cutByBucket(sortPoints(arrived), bucketWidth)) {
        if (!closed(bucket)) {
          open.push({ series, bucket, points });
          continue;
        }
        step.push({ series, bucket, points });
        stepPoints += points.n;
        if (stepPoints < pointsPerStep) continue;
        this.#writeChunks(step);
        step = [];
        stepPoints = 0;
        yield;
      }
    }
    this.#writeChunks(step);
    yield;
    this.#replaceHot(Number(last), open);
  }

  #readHot(seq: number, heads: Heads): void {
    const body = this.#database.prepare("SELECT body FROM hot WHERE seq = ?").get(seq)?.body as Uint8Array;
    try {
      heads.add(decodeBlock(body));
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      transaction(this.#database, () => this.#quarantine(`hot ${seq}`, body, error));
    }
  }

  #quarantine(origin: string, body: Uint8Array, cause: CodedError): void {
    keepDamaged(this.#database, origin, body);
    this.#onDamage(
      new CodedError("DAMAGED", `${origin}: ${cause.detail} Its bytes are kept in table damaged_block.`, { cause }),
    );
  }

  /** Writing a chunk twice gives the same chunk: a seal that a crash cut off is simply repeated from the hot log. */
  #writeChunks(pieces: readonly Piece[]): void {
    transaction(this.#database, () => this.#chunks.merge(pieces));
  }

  /** Rows up to `last` are in chunks now, except `open`, which takes the place of the last of them: its order holds. */
  #replaceHot(last: number, open: readonly Piece[]): void {
    const points = joinPoints(open.map((piece) => piece.points));
    const series = new Float64Array(points.n);
    let n = 0;
    for (const piece of open) {
      series.fill(piece.series, n, n + piece.points.n);
      n += piece.points.n;
    }
    transaction(this.#database, () => {
      this.#database.prepare("DELETE FROM hot WHERE seq <= ?").run(last);
      if (points.n > 0) this.#insertHot.run(last, points.n, encodeBlock({ points, series }));
      this.#database.exec("UPDATE state SET generation = generation + 1");
      this.#hotPoints = Number(this.#database.prepare("SELECT coalesce(sum(n), 0) AS n FROM hot").get()?.n);
    });
  }

  /** Applies retention, in steps between which commits may happen. After a seal: what is due is in chunks then. */
  retain(now: EpochMs): Generator<void> {
    return this.#retainer.apply(now);
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}

/** The stretches without the positions that `isRefused` names, and those. */
function cutOut(
  stretches: readonly Stretch[],
  isRefused: (position: number) => boolean,
): { rest: Stretch[]; refused: number[] } {
  const rest: Stretch[] = [];
  const refused: number[] = [];
  for (const [from, to] of stretches) {
    let start = from;
    for (let i = from; i < to; i++) {
      if (!isRefused(i)) continue;
      if (i > start) rest.push([start, i]);
      refused.push(i);
      start = i + 1;
    }
    if (to > start) rest.push([start, to]);
  }
  return { rest, refused };
}
