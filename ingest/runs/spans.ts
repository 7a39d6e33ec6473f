import type { Sample } from "#shared/model/sample.ts";
import type { EpochMs } from "#shared/model/time.ts";
import type { RunRuleConfig } from "#shared/plant/runRuleSchema.ts";
import { signalOf } from "./rule.ts";

/** A run as a rule's tag tells it. */
export interface RunSpan {
  readonly from: EpochMs;
  /** Null while it lasts. */
  readonly to: EpochMs | null;
  readonly state: "running" | "completed" | "aborted";
  /** The value that names it, where every value is a run of its own. */
  readonly value: string | null;
}

export interface SpanStep {
  readonly open: RunSpan | null;
  /** What has just ended. */
  readonly ended: RunSpan | null;
}

/** One sample further; a bad one says nothing, and time without samples goes on as it was. Pure. */
export function stepSpan(rule: RunRuleConfig, open: RunSpan | null, { at, value, quality }: Sample): SpanStep {
  const signal = quality === "bad" || value === null ? "held" : signalOf(rule, value);
  if (signal === "held") return { open, ended: null };
  const close = (state: "completed" | "aborted"): RunSpan | null => open && { ...open, to: at, state };
  if (signal === "off" || signal === "aborted")
    return { open: null, ended: close(signal === "off" ? "completed" : "aborted") };
  const name = signal.on === true ? null : signal.on;
  if (open && open.value === name) return { open, ended: null };
  return { open: { from: at, to: null, state: "running", value: name }, ended: close("completed") };
}

/** Every run in ascending samples, the last one perhaps still open; `open` is what ran before them. */
export function spansOf(rule: RunRuleConfig, open: RunSpan | null, samples: readonly Sample[]): readonly RunSpan[] {
  const spans: RunSpan[] = [];
  let now = open;
  for (const sample of samples) {
    const { open: next, ended } = stepSpan(rule, now, sample);
    if (ended) spans.push(ended);
    now = next;
  }
  return now ? [...spans, now] : spans;
}
