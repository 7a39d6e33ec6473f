import { CodedError } from "#shared/model/errors.ts";
import type { Keep, Retention } from "#shared/model/retention.ts";
import type { TagId } from "#shared/model/sample.ts";
import { type EpochMs, hours } from "#shared/model/time.ts";
import { type Database, type Statement, transaction } from "../sqlite/database.ts";
import { decodeBlock } from "./blockCodec.ts";
import type { Quarantine } from "./chunkWriter.ts";
import { RollUpIndex } from "./rollUpIndex.ts";
import { bucketOf, bucketsPerHour, bucketWidth } from "./schema.ts";
import { decodeThinned, encodeThinned, isThinned, thin } from "./thinnedCodec.ts";

const day = hours(24);
/** Chunks of one transaction: a commit waits at most for one. */
const chunksPerStep = 64;
/** The file gives pages back to the disk only while so much of it is free: the next chunks take the rest. */
const freeShare = 0.2;
const pagesPerStep = 500;

interface Series {
  readonly id: number;
  readonly tag: TagId;
  readonly first: number;
  readonly last: number;
  readonly rawFrom: number;
  readonly minutesFrom: number;
}

/** First buckets that still have samples, minutes, roll-ups. */
interface Cuts {
  readonly raw: number;
  readonly minutes: number;
  readonly rollUps: number;
}

/**
 * Applies retention in small steps. A chunk too old for its samples keeps its minutes, one too old for these is its
 * quarter hour's roll-up alone, and at last its rows and those of its hours go.
 */
export class Retainer {
  readonly #database: Database;
  readonly #retention: Retention;
  readonly #chunks: RollUpIndex;
  readonly #hours: RollUpIndex;
  readonly #body: Statement;
  readonly #setBody: Statement;
  readonly #quarantine: Quarantine;
  readonly #rawFrom = new Map<number, number>();

  constructor(database: Database, retention: Retention, quarantine: Quarantine) {
    this.#database = database;
    this.#retention = retention;
    this.#quarantine = quarantine;
    for (const { id, rawFrom } of this.#series()) this.#rawFrom.set(id, rawFrom);
    this.#chunks = new RollUpIndex(database, "chunk");
    this.#hours = new RollUpIndex(database, "hour");
    this.#body = database.prepare("SELECT body FROM chunk WHERE id = ?");
    this.#setBody = database.prepare("UPDATE chunk SET body = ? WHERE id = ?");
  }

  /** Samples of a series before this instant are not kept any more, ms UTC. */
  rawFrom(series: number): number {
    return (this.#rawFrom.get(series) ?? 0) * bucketWidth;
  }

  /** `now` bounds what counts as the newest: neither a clock nor a sample that is ahead shortens the history. */
  *apply(now: EpochMs): Generator<void> {
    const newest = this.#database.prepare("SELECT max(last_bucket) AS bucket FROM series").get()?.bucket;
    if (typeof newest !== "number") return;
    const end = Math.min(now, (newest + 1) * bucketWidth);
    const due = this.#series().map((series) => {
      const cuts = this.#cutsOf(this.#retention.byTag.get(series.tag), end);
      // From now on, before any chunk is thinned: late samples would not find what they belong to.
      this.#rawFrom.set(series.id, Math.max(series.rawFrom, cuts.raw));
      return { series, cuts };
    });
    let step: (() => void)[] = [];
    for (const { series, cuts } of due) {
      for (const change of this.#changes(series, cuts)) {
        step.push(change);
        if (step.length < chunksPerStep) continue;
        this.#run(step);
        step = [];
        yield;
      }
    }
    if (step.length > 0) {
      this.#run(step);
      yield;
    }
    yield* this.#shrink();
  }

  #cutsOf(keep: Keep = this.#retention.others, end: number): Cuts {
    const cut = (days: number | null): number => (days === null ? 0 : bucketOf(end - days * day));
    // Roll-ups go by whole hours: an hour's row and its chunks go together.
    const rollUps = cut(keep.rollUpDays);
    return {
      raw: cut(keep.rawDays),
      minutes: cut(keep.minuteDays),
      rollUps: Math.max(0, rollUps - (rollUps % bucketsPerHour)),
    };
  }

  #run(changes: readonly (() => void)[]): void {
    transaction(this.#database, () => {
      for (const change of changes) change();
    });
  }

  #series(): Series[] {
    const rows = this.#database.prepare("SELECT * FROM series WHERE first_bucket IS NOT NULL ORDER BY id").all();
    return rows.map((row) => ({
      id: Number(row.id),
      tag: String(row.tag) as TagId,
      first: Number(row.first_bucket),
      last: Number(row.last_bucket),
      rawFrom: Number(row.raw_from),
      minutesFrom: Number(row.minutes_from),
    }));
  }

  /** What has to be done to a series, oldest first; each within a transaction, all in their order. */
  *#changes({ id, first, last, rawFrom, minutesFrom }: Series, cuts: Cuts): Generator<() => void> {
    const { raw, minutes, rollUps } = cuts;
    if (first < rollUps) {
      const end = Math.min(last, rollUps - 1);
      for (const chunk of this.#chunks.ascending(id, first, end)) yield () => this.#delete("chunk", chunk.id);
      const [firstHour, lastHour] = [Math.floor(first / bucketsPerHour), Math.floor(end / bucketsPerHour)];
      for (const hour of this.#hours.ascending(id, firstHour, lastHour)) yield () => this.#delete("hour", hour.id);
      yield () => this.#moveBounds(id, rollUps);
    }
    for (const chunk of this.#chunks.ascending(
      id,
      Math.max(first, minutesFrom, rollUps),
      Math.min(last, minutes - 1),
    )) {
      yield () => this.#thin(chunk.id, false);
    }
    for (const chunk of this.#chunks.ascending(id, Math.max(first, rawFrom, minutes), Math.min(last, raw - 1))) {
      yield () => this.#thin(chunk.id, true);
    }
    if (raw > rawFrom || minutes > minutesFrom) {
      yield () =>
        this.#database
          .prepare("UPDATE series SET raw_from = max(raw_from, ?), minutes_from = max(minutes_from, ?) WHERE id = ?")
          .run(raw, minutes, id);
    }
  }

  #delete(table: "chunk" | "hour", id: number): void {
    this.#database.prepare(`DELETE FROM ${table} WHERE id = ?`).run(id);
  }

  #moveBounds(series: number, first: number): void {
    this.#database
      .prepare(
        `UPDATE series SET first_bucket = iif(last_bucket < ?1, NULL, max(first_bucket, ?1)),
           last_bucket = iif(last_bucket < ?1, NULL, last_bucket) WHERE id = ?2`,
      )
      .run(first, series);
  }

  #thin(id: number, withMinutes: boolean): void {
    const body = this.#body.get(id)?.body as Uint8Array;
    try {
      const thinned = isThinned(body) ? decodeThinned(body) : thin(decodeBlock(body).points);
      if (isThinned(body) && (withMinutes || thinned.minutes.length === 0)) return;
      this.#setBody.run(encodeThinned(withMinutes ? thinned : { ...thinned, minutes: [] }), id);
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      this.#quarantine(`chunk ${id}`, body, error);
      this.#delete("chunk", id);
    }
  }

  *#shrink(): Generator<void> {
    const count = (pragma: string): number => Number(Object.values(this.#database.prepare(pragma).get() ?? {})[0]);
    const free = (): number => count("PRAGMA freelist_count");
    for (let before = free(); before > freeShare * count("PRAGMA page_count"); ) {
      this.#database.exec(`PRAGMA incremental_vacuum(${pagesPerStep})`);
      yield;
      const after = free();
      if (after >= before) return;
      before = after;
    }
  }
}
