import { each, finite, notNegative, positive } from "#shared/model/checks.ts";
import { CodedError } from "#shared/model/errors.ts";

/** What electric power says an equipment does. */
export type PowerState = "OFF" | "IDLE" | "RUN";

export interface PowerStateRules {
  /** On from here. */
  readonly onKw: number;
  /** A run begins at or above. */
  readonly runKw: number;
  /** A run ends below; the hysteresis lies between this and `runKw`. */
  readonly runOffKw: number;
  /** A shorter stretch belongs to the one before it. */
  readonly minDwellS: number;
}

export interface PowerSegment {
  readonly state: PowerState;
  readonly seconds: number;
}

function checked(rules: PowerStateRules): PowerStateRules {
  for (const [name, value] of Object.entries(rules)) finite(value, name);
  notNegative(rules.minDwellS, "minDwellS");
  if (!(rules.onKw <= rules.runOffKw && rules.runOffKw <= rules.runKw))
    throw new CodedError("OUT_OF_RANGE", "Power limits must ascend: onKw, runOffKw, runKw.");
  return rules;
}

/** Neighbours of one state as one segment. */
function coalesced(segments: readonly PowerSegment[]): readonly PowerSegment[] {
  const joined: PowerSegment[] = [];
  for (const { state, seconds } of segments) {
    const last = joined.at(-1);
    if (last?.state === state) joined[joined.length - 1] = { state, seconds: last.seconds + seconds };
    else joined.push({ state, seconds });
  }
  return joined;
}

/**
 * States from power values, each valid for `intervalS` (catalogue U-TM, rule 6): a stretch shorter than the least
 * dwell is merged into the one before it, left to right; the first has none before it and stays.
 */
export function powerStates(
  valuesKw: readonly number[],
  intervalS: number,
  rules: PowerStateRules,
): readonly PowerSegment[] {
  const { onKw, runKw, runOffKw, minDwellS } = checked(rules);
  positive(intervalS, "interval in s");
  let isRunning = false;
  const raw = each(valuesKw, finite, "power in kW").map((kw): PowerSegment => {
    isRunning = isRunning ? kw >= runOffKw : kw >= runKw;
    return { state: isRunning ? "RUN" : kw >= onKw ? "IDLE" : "OFF", seconds: intervalS };
  });
  const merged: PowerSegment[] = [];
  for (const segment of coalesced(raw)) {
    const before = merged.at(-1);
    merged.push(before && segment.seconds < minDwellS ? { ...segment, state: before.state } : segment);
  }
  return coalesced(merged);
}
