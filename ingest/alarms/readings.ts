import type { Quality, TagValue } from "#shared/model/sample.ts";
import type { EpochMs } from "#shared/model/time.ts";
import type { Reading } from "./kinds/kind.ts";
import type { SampleInput } from "./step.ts";

/** A sample of one of the tags that a rule looks at. */
export interface InputSample {
  readonly input: number;
  readonly at: EpochMs;
  readonly quality: Quality;
  readonly value: TagValue | null;
}

/** The samples of a rule's tags as the state machine takes them: in the order of time, all of one instant together. */
export function readingsByTime(samples: readonly InputSample[]): readonly SampleInput[] {
  const inputs: { kind: "sample"; at: EpochMs; readings: Reading[] }[] = [];
  for (const { at, input, quality, value } of samples.toSorted((a, b) => a.at - b.at || a.input - b.input)) {
    const last = inputs.at(-1);
    if (last?.at === at) last.readings.push({ input, quality, value });
    else inputs.push({ kind: "sample", at, readings: [{ input, quality, value }] });
  }
  return inputs;
}
