/** Round marks from `low` (at most 0) to `high` (at least 0), about `count` of them; at least one step above 0. */
export function marksOf(low: number, high: number, count = 4): readonly number[] {
  const [bottom, top] = [Math.min(0, low), Math.max(0, high)];
  const span = top - bottom || 1;
  const rough = span / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough * 0.999) ?? 10) * power;
  const first = Math.floor(bottom / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(top / step - 1e-9));
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Digits behind the point that a step needs. */
export const digitsOfMarks = (marks: readonly number[]): number => {
  const step = (marks[1] ?? 1) - (marks[0] ?? 0);
  return Math.max(0, Math.min(3, -Math.floor(Math.log10(step) + 1e-9)));
};

/** Which of `count` names have room, every one at least `leastPx` wide: a step. */
export const labelStep = (count: number, widthPx: number, leastPx: number): number =>
  Math.max(1, Math.ceil((count * leastPx) / Math.max(1, widthPx)));
