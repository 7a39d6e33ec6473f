import type { Clock } from "#shared/kit/clock.ts";
import { failpoint } from "#shared/kit/failpoint.ts";
import { addRange, inRanges, noRanges, type Ranges } from "#shared/model/ranges.ts";
import type { Sample, TagId } from "#shared/model/sample.ts";
import type { RefusedSample } from "../port.ts";
import type { RecordsWriter } from "../records/port.ts";
import type { RefusedSamplesError } from "../refused.ts";
import { keepRefusedOf, outcomesOf, type WriteCall } from "../writeCall.ts";
import { lineOf, linePrefix, probeLine } from "./lineProtocol.ts";
import type { InfluxServer } from "./server.ts";
import { writeLines } from "./writeLines.ts";

/** Lines of one request; 5,000 to 10,000 is what InfluxData recommends. */
export const linesPerRequest = 5_000;

export interface InfluxGroupWriterParts {
  readonly server: Pick<InfluxServer, "write">;
  readonly records: Pick<RecordsWriter, "storedBatches" | "saveStoredBatches">;
  readonly clock: Clock;
  /** Up to which time each tag may have points of an earlier run. */
  readonly newestStored: (tags: readonly TagId[]) => Promise<ReadonlyMap<TagId, number>>;
}

interface TagState {
  /** How its lines begin. */
  readonly prefix: string;
  /** Of two lanes, see `#lanesOf`. */
  readonly lane: number;
  /** Newest time stored, -1 for none. */
  newest: number;
}

/** A sample to be written, its tag, and the call that it belongs to. */
interface Pending {
  readonly call: number;
  readonly sample: Sample;
  readonly tag: TagState;
}

/** Writes groups of batches to the server, and the names of the batches to the records. */
export class InfluxGroupWriter {
  readonly #parts: InfluxGroupWriterParts;
  readonly #tags = new Map<TagId, TagState>();

  constructor(parts: InfluxGroupWriterParts) {
    this.#parts = parts;
  }

  /** Per call null, or the samples of it that were refused. Rejects where nothing may be acknowledged. */
  async commit(calls: readonly WriteCall[]): Promise<readonly (RefusedSamplesError | null)[]> {
    const changed = new Map<string, Ranges>();
    const { records } = this.#parts;
    const stored = records.storedBatches();
    const pending: Pending[] = [];
    const met = new Map<TagId, TagState>();
    for (const [call, { batches }] of calls.entries()) {
      for (const { name, samples } of batches) {
        const known = name ? (changed.get(name.queueId) ?? stored.get(name.queueId) ?? noRanges) : noRanges;
        if (name && inRanges(known, name.number)) continue;
        if (name) changed.set(name.queueId, addRange(known, name.number, name.number));
        for (const sample of samples) pending.push({ call, sample, tag: this.#tag(sample.tag, met) });
      }
    }
    if (met.size > 0) await this.#learn(met);
    const lanes = await Promise.allSettled(this.#lanesOf(pending).map((lane) => this.#send(lane)));
    const failed = lanes.find((lane) => lane.status === "rejected");
    if (failed) throw failed.reason;
    const late = Map.groupBy(
      lanes.flatMap((lane) => (lane.status === "fulfilled" ? lane.value : [])),
      ({ call }) => call,
    );
    const refusedOf = (call: number): readonly RefusedSample[] => [
      ...(calls[call]?.foreseen ?? []),
      ...(late.get(call) ?? []).map(({ sample, why }) => ({ sample, why })),
    ];
    // The samples first, those that were refused elsewhere, then the names. A crash between leaves samples without their
    // name: the gateway sends the batch again and it overwrites itself. The other way round the name would stand for
    // samples that are nowhere.
    keepRefusedOf(calls, refusedOf);
    failpoint("influx.unnamed");
    for (const [queueId, ranges] of changed) records.saveStoredBatches(queueId, ranges);
    failpoint("influx.named");
    return outcomesOf(calls, refusedOf);
  }

  /** Sends lines, one request after the other; answers those that the server refused. */
  async #send(lane: readonly Pending[]): Promise<readonly (RefusedSample & { readonly call: number })[]> {
    const { server, clock } = this.#parts;
    const refused: (RefusedSample & { readonly call: number })[] = [];
    for (let start = 0; start < lane.length; start += linesPerRequest) {
      const part = lane.slice(start, start + linesPerRequest);
      const lines = part.map(lineOfPending);
      for (const { index, why } of await writeLines(server, lines, probeLine(clock.now()))) {
        refused.push({ ...(part[index] as Pending), why });
      }
    }
    return refused;
  }

  /**
   * What is too much for one request goes in two lanes at once, so that lines are made for one while the server takes
   * the other. A tag keeps to one lane: of two samples of one time, the later one must arrive later.
   */
  #lanesOf(pending: readonly Pending[]): readonly (readonly Pending[])[] {
    if (pending.length <= linesPerRequest) return [pending];
    const lanes: readonly Pending[][] = [[], []];
    for (const one of pending) lanes[one.tag.lane]?.push(one);
    return lanes;
  }

  /** The tag's state; of a tag that is met for the first time, one to be learnt. */
  #tag(tag: TagId, met: Map<TagId, TagState>): TagState {
    const known = this.#tags.get(tag) ?? met.get(tag);
    if (known) return known;
    const made: TagState = { prefix: linePrefix(tag), lane: met.size % 2, newest: -1 };
    met.set(tag, made);
    return made;
  }

  /** Asks for the newest time of tags that are met for the first time. */
  async #learn(met: ReadonlyMap<TagId, TagState>): Promise<void> {
    const found = await this.#parts.newestStored([...met.keys()]);
    for (const [tag, state] of met) {
      state.newest = found.get(tag) ?? -1;
      this.#tags.set(tag, state);
    }
  }
}

/** A sample of a time up to the tag's newest may meet a stored one: it is written as a correction. */
function lineOfPending({ sample, tag }: Pending): string {
  const isCorrection = sample.at <= tag.newest;
  if (!isCorrection) tag.newest = sample.at;
  return lineOf(sample, isCorrection, tag.prefix);
}
