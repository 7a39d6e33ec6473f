import type { Clock } from "#shared/kit/clock.ts";
import { CodedError, type ErrorCode, messageOf } from "#shared/model/errors.ts";
import type { Sample } from "#shared/model/sample.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";
import type { SampleReader, SampleWriter } from "#shared/store/port.ts";
import type { KeptLetter } from "#shared/store/records/deadLetters.ts";
import type { RecordsWriter } from "#shared/store/records/port.ts";
import { RefusedSamplesError } from "#shared/store/refused.ts";
import type { DeadLetterCommand } from "#shared/wire/command/deadLetter.ts";
import { metricSample } from "#shared/wire/sampleMetric.ts";
import { decodeMessage } from "#shared/wire/sparkplug/message.ts";
import { parseSparkplugTopic } from "#shared/wire/topics.ts";
import { isOwnMetric, tagOf } from "./edgeNode.ts";
import type { GapLedger } from "./gapLedger.ts";

export interface PostmasterParts {
  readonly records: Pick<RecordsWriter, "deadLetter" | "removeDeadLetters">;
  readonly reader: Pick<SampleReader, "range">;
  readonly writer: Pick<SampleWriter, "write">;
  readonly gaps: Pick<GapLedger, "stored" | "redeemed" | "flush">;
  readonly figures: { stored(samples: readonly Sample[]): void };
  readonly clock: Clock;
}

export type LetterOutcome =
  | { readonly outcome: "done"; readonly detail: string }
  | { readonly outcome: "refused"; readonly code: ErrorCode; readonly detail: string };

/** Does with dead letters what an operator wants done. */
export interface Postmaster {
  carryOut(command: Pick<DeadLetterCommand, "action" | "letters" | "user" | "at">): Promise<LetterOutcome>;
}

/**
 * Replays and drops dead letters. A replayed sample goes to the store as late data does: it raises no alarm, it never
 * takes the place of a value that is there, and only when it is durable its letter goes. So a replay that was cut off, or
 * is done twice, changes nothing more.
 */
export function createPostmaster({ records, reader, writer, gaps, figures }: PostmasterParts): Postmaster {
  const isThere = async ({ tag, at }: Sample): Promise<Sample | undefined> =>
    (await reader.range(tag, at, instant(at + 1), 1)).samples[0];

  /** Throws where the letter has to stay. */
  const store = async (sample: Sample): Promise<void> => {
    const there = await isThere(sample);
    if (there && there.value === sample.value && there.quality === sample.quality) return;
    if (there) throw new CodedError("CONFLICT", `${sample.tag} has another value at ${sample.at} already.`);
    await writer.write([{ name: null, samples: [sample] }]);
    gaps.stored(sample, null, () => "rejected");
    figures.stored([sample]);
  };

  const replay = async (letter: KeptLetter, who: string, at: EpochMs): Promise<void> => {
    for (const sample of samplesIn(letter)) {
      await store(sample);
      gaps.redeemed(sample);
    }
    gaps.flush();
    records.removeDeadLetters([letter.id], { why: "replayed", who, at });
  };

  return {
    carryOut: async ({ action, letters, user, at }) => {
      if (action === "drop") {
        const gone = records.removeDeadLetters(letters, { why: "dropped", who: user, at });
        return { outcome: "done", detail: `${gone} of ${letters.length} letters dropped.` };
      }
      const trouble: string[] = [];
      let replayed = 0;
      let missing = 0;
      for (const id of letters) {
        const letter = records.deadLetter(id);
        if (!letter) {
          missing += 1;
          continue;
        }
        try {
          await replay(letter, user, at);
          replayed += 1;
        } catch (error) {
          // A store that is away says nothing of the letters: all of them stay.
          if (error instanceof CodedError && error.verdict === "retry") {
            return {
              outcome: "refused",
              code: error.code,
              detail: `${replayed} of ${letters.length} letters replayed; ${error.detail}`,
            };
          }
          const why = error instanceof RefusedSamplesError ? error.refused[0]?.why : messageOf(error);
          trouble.push(`${id}: ${why}`);
        }
      }
      const gone = missing > 0 ? `, ${missing} are not there any more` : "";
      const detail = `${replayed} of ${letters.length} letters replayed${gone}.`;
      if (trouble.length === 0) return { outcome: "done", detail };
      return { outcome: "refused", code: "CONFLICT", detail: `${detail} Kept: ${trouble.slice(0, 20).join("; ")}` };
    },
  };
}

/** What a letter holds for the store; throws where it cannot be told for certain. */
function samplesIn(letter: KeptLetter): readonly Sample[] {
  if (letter.tag !== undefined) return [JSON.parse(Buffer.from(letter.payload).toString("utf8")) as Sample];
  const topic = parseSparkplugTopic(letter.topic);
  if (!topic || (topic.type !== "NDATA" && topic.type !== "DDATA")) {
    throw new CodedError("CONFLICT", "only samples and Sparkplug data can be replayed");
  }
  const { metrics, timestamp } = decodeMessage(topic.type, letter.payload);
  return metrics.flatMap((metric) => {
    const { name, datatype } = metric;
    if (name === undefined || datatype === undefined) {
      throw new CodedError(
        "CONFLICT",
        "its metrics have aliases of a session that is over, and no names with datatypes",
      );
    }
    if (isOwnMetric(name)) return [];
    return [
      metricSample(metric, tagOf(topic, name), datatype, timestamp === undefined ? undefined : instant(timestamp)),
    ];
  });
}
