import { CodedError, isErrorCode } from "#shared/model/errors.ts";
import { exactInteger } from "#shared/model/exactInteger.ts";
import type { Sample } from "#shared/model/sample.ts";
import type { RefusedSample, StoredBatch } from "./port.ts";

/**
 * Some samples of a `write` were refused for good. All others of the call are stored, and so are the names of its
 * batches; the caller has kept `refused` before those names were.
 */
export class RefusedSamplesError extends CodedError {
  readonly refused: readonly RefusedSample[];

  constructor(refused: readonly RefusedSample[], options?: ErrorOptions) {
    const [first] = refused;
    const example = first ? `, first ${first.sample.tag} at ${first.sample.at}: ${first.why}` : "";
    super("MALFORMED", `The store refused ${refused.length} samples${example}.`, options);
    this.name = "RefusedSamplesError";
    this.refused = refused;
  }
}

/** Why a sample can never be stored, or undefined where it can, after `held`. */
export function refusalOf({ tag, at, quality, value, reason }: Sample): string | undefined {
  if (tag.length === 0 || tag.length > maxTagLength) return `a tag id of ${tag.length} characters`;
  if (!Number.isSafeInteger(at) || at < 0 || at > maxEpochMs) return `the time ${at}`;
  if ((quality === "bad") !== (value === null)) return `a ${quality} sample with the value ${value}`;
  if (reason !== undefined && !isErrorCode(reason)) return `the reason ${reason}`;
  return undefined;
}

const maxTagLength = 1_000;
/** Year 9999: beyond it a timestamp is a mistake in unit, and keys of chunks stay far below 2^53. */
const maxEpochMs = 253_402_300_799_999;

/**
 * The sample as stores hold it: NaN and the infinities are no measurement, so such a sample is bad; a whole number beyond
 * 2^53, which may come as a bigint whatever the types say, is its text.
 */
function held(sample: Sample): Sample {
  const value: unknown = sample.value;
  if (typeof value === "bigint" && sample.quality !== "bad") return { ...sample, value: exactInteger(value) };
  if (typeof value !== "number" || Number.isFinite(value)) return sample;
  return { tag: sample.tag, at: sample.at, quality: "bad", value: null, reason: "NOT_A_NUMBER" };
}

/** The batches without the samples that can never be stored, and those. */
export function sift(
  batches: readonly StoredBatch[],
  alsoRefusal: (sample: Sample) => string | undefined = () => undefined,
): { accepted: readonly StoredBatch[]; refused: RefusedSample[] } {
  const refused: RefusedSample[] = [];
  const accepted = batches.map((batch) => {
    let kept: Sample[] | undefined;
    for (const [i, given] of batch.samples.entries()) {
      const sample = held(given);
      const why = refusalOf(sample) ?? alsoRefusal(sample);
      if (why !== undefined) refused.push({ sample: given, why });
      // Nearly every batch is taken as it came.
      if (why !== undefined || sample !== given) kept ??= batch.samples.slice(0, i);
      if (why === undefined) kept?.push(sample);
    }
    return kept ? { name: batch.name, samples: kept } : batch;
  });
  return { accepted, refused };
}
