import { type DurationMs, millis, seconds } from "#shared/model/time.ts";

export interface Backoff {
  readonly first?: DurationMs;
  readonly factor?: number;
  readonly cap?: DurationMs;
}

/** An endless retry schedule with jitter: each wait is between half of its step and all of it. */
export function* backoff(
  { first = millis(500), factor = 2, cap = seconds(30) }: Backoff,
  random: () => number,
): Generator<DurationMs, never> {
  for (let wait: number = first; ; wait = Math.min(wait * factor, cap)) {
    yield millis(wait * (0.5 + random() / 2));
  }
}
