import type { Clock } from "#shared/kit/clock.ts";
import { failpoint } from "#shared/kit/failpoint.ts";
import { addRange, inRanges, noRanges, type Ranges } from "#shared/model/ranges.ts";
import type { Sample } from "#shared/model/sample.ts";
import type { StoredBatch } from "../port.ts";
import type { RecordsWriter } from "../records/port.ts";
import { type RefusedSample, RefusedSamplesError } from "../refused.ts";
import { lineOf, probeLine } from "./lineProtocol.ts";
import type { InfluxServer } from "./server.ts";
import { writeLines } from "./writeLines.ts";

/** Lines of one request; 5,000 to 10,000 is what InfluxData recommends. */
export const linesPerRequest = 5_000;

export interface InfluxGroupWriterParts {
  readonly server: Pick<InfluxServer, "write">;
  readonly records: Pick<RecordsWriter, "storedBatches" | "saveStoredBatches">;
  readonly clock: Clock;
  readonly storedUntil: (tag: string) => number;
}

/** Writes groups of batches to the server, and the names of the batches to the records. */
export class InfluxGroupWriter {
  readonly #parts: InfluxGroupWriterParts;
  /** Newest time written by tag. */
  readonly #newest = new Map<string, number>();

  constructor(parts: InfluxGroupWriterParts) {
    this.#parts = parts;
  }

  /** Per item null, or the samples of it that were refused. Rejects where nothing may be acknowledged. */
  async commit(items: readonly (readonly StoredBatch[])[]): Promise<readonly (RefusedSamplesError | null)[]> {
    const changed = new Map<string, Ranges>();
    const { server, records, clock } = this.#parts;
    const stored = records.storedBatches();
    const pending: { readonly item: number; readonly sample: Sample }[] = [];
    for (const [item, batches] of items.entries()) {
      for (const { name, samples } of batches) {
        const known = name ? (changed.get(name.queueId) ?? stored.get(name.queueId) ?? noRanges) : noRanges;
        if (name && inRanges(known, name.number)) continue;
        if (name) changed.set(name.queueId, addRange(known, name.number, name.number));
        for (const sample of samples) pending.push({ item, sample });
      }
    }
    const refused = new Map<number, RefusedSample[]>();
    for (let start = 0; start < pending.length; start += linesPerRequest) {
      const part = pending.slice(start, start + linesPerRequest);
      const lines = part.map(({ sample }) => this.#line(sample));
      for (const { index, why } of await writeLines(server, lines, probeLine(clock.now()))) {
        const { item, sample } = part[index] as (typeof part)[number];
        refused.set(item, [...(refused.get(item) ?? []), { sample, why }]);
      }
    }
    // The samples first, then the names. A crash between leaves samples without their name: the gateway sends the
    // batch again and it overwrites itself. The other way round the name would stand for samples that are nowhere.
    failpoint("influx.unnamed");
    for (const [queueId, ranges] of changed) records.saveStoredBatches(queueId, ranges);
    return items.map((_, item) => {
      const ofItem = refused.get(item);
      return ofItem ? new RefusedSamplesError(ofItem) : null;
    });
  }

  /** A sample may meet a stored one where the tag has newer ones, or where an earlier run may have written it. */
  #line(sample: Sample): string {
    const newest = this.#newest.get(sample.tag) ?? this.#parts.storedUntil(sample.tag);
    if (sample.at > newest) this.#newest.set(sample.tag, sample.at);
    return lineOf(sample, sample.at <= newest);
  }
}
