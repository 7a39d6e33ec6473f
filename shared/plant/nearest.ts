/** Levenshtein distance with adjacent swaps counted as one (optimal string alignment), without regard to case. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] = Math.min(
        (last[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (last[j - 1] ?? 0) + (same ? 0 : 1),
        swapped ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    before = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

/** Shorter beginnings say too little. */
const shortestPrefix = 3;

/** The candidate that somebody most likely meant by `written`: little differs, or one is the beginning of the other. */
export function nearest(written: string, candidates: readonly string[]): string | undefined {
  let best: { name: string; away: number } | undefined;
  for (const name of candidates) {
    const away = distance(written.toLowerCase(), name.toLowerCase());
    if (away <= Math.max(1, Math.floor(Math.min(written.length, name.length) / 3)) && away < (best?.away ?? Infinity)) {
      best = { name, away };
    }
  }
  return best?.name ?? prefixed(written.toLowerCase(), candidates);
}

const mostListed = 12;

function prefixed(written: string, candidates: readonly string[]): string | undefined {
  const fitting = candidates.filter((candidate) => {
    const [short, long] = [candidate.toLowerCase(), written].sort((a, b) => a.length - b.length) as [string, string];
    return short.length >= shortestPrefix && long.startsWith(short);
  });
  return fitting.length === 1 ? fitting[0] : undefined;
}

/** A remedy that names the nearest candidate, else all of them where they are few. */
export function suggest(written: string, candidates: readonly string[], noun: string): string {
  const near = nearest(written, candidates);
  if (near !== undefined) return `did you mean \`${near}\`?`;
  if (candidates.length === 0) return `there is no ${noun} yet: add one.`;
  const listed = [...new Set(candidates)].slice(0, mostListed).map((name) => `\`${name}\``);
  const more = candidates.length > mostListed ? `, … (${candidates.length} in all)` : "";
  return `${noun}: ${listed.join(", ")}${more}.`;
}
