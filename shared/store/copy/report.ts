import type { DayDifference, TagCopy } from "./copyHistory.ts";

const widths = [44, 6, 12, 12, 10] as const;
const row = (cells: readonly string[]): string =>
  cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[i] ?? 0))).join(" ");

export const copyTitle = row(["tag", "days", "samples", "written", "different"]);

/** One line for the tag, and one for each day on which the stores differ. */
export function copyRow({ tag, days, samples, written, differences, thinned, refusal }: TagCopy): readonly string[] {
  return [
    row([tag, ...[days, samples, written, differences.length].map(String)]),
    ...differences.map(differenceText),
    ...(thinned ? [`  ${thinnedText}`] : []),
    ...(refusal === null ? [] : [`  ${refusal}`]),
  ];
}

/** Of what retention has thinned a store gives the samples that are left; the target cannot tell that there were more. */
const thinnedText =
  "Of a part of this tag retention has left roll-ups and the first and last sample of each quarter of an hour: those samples are copied, the roll-ups (min, max, mean) are not.";

const differenceText = ({ day, source, target }: DayDifference): string => {
  const side = (digest: DayDifference["source"]) =>
    digest ? `${digest.count} samples ${digest.hash.slice(0, 12)}` : "no samples";
  return `  ${new Date(day).toISOString().slice(0, 10)}: source ${side(source)}, target ${side(target)}`;
};

export function copySummary(copies: readonly TagCopy[]): readonly string[] {
  const sum = (of: (copy: TagCopy) => number): number => copies.reduce((total, one) => total + of(one), 0);
  const different = sum(({ differences }) => differences.length);
  const thinned = sum((copy) => Number(copy.thinned));
  return [
    row([
      "all",
      ...[sum(({ days }) => days), sum(({ samples }) => samples), sum(({ written }) => written), different].map(String),
    ]),
    different === 0
      ? "Counts and hashes of all samples are the same on every day."
      : `${different} days of tags differ.`,
    ...(thinned === 0
      ? []
      : [`Of ${thinned} tags a part was thinned by retention: its roll-ups stay behind. Keep the source for those.`]),
  ];
}
