import type { AssessedFigure } from "#shared/model/assessment.ts";
import { coverageStatus } from "#shared/model/indicator.ts";

/** What an assessment knows of its own sealing. */
export interface SealFacts {
  /** Official versions of the period before this one: each further one is an amendment. */
  readonly versionsBefore: number;
  /** Whether the seals before this one follow one another without a hole. */
  readonly isChainWhole: boolean;
}

/**
 * The figures with D-07 and D-08 of the platform, which the stored facts cannot tell: amendments of the period, those of
 * its months with them, and whether the chain is whole.
 */
export function withSealFigures(
  figures: readonly AssessedFigure[],
  platform: string,
  { versionsBefore, isChainWhole }: SealFacts,
): readonly AssessedFigure[] {
  return figures.map((figure) => {
    if (figure.scope !== platform) return figure;
    if (figure.indicator === "D-07") return given(figure, (figure.numerator ?? 0) + versionsBefore);
    return figure.indicator === "D-08" ? { ...given(figure, Number(isChainWhole)), numerator: null } : figure;
  });
}

const given = (figure: AssessedFigure, value: number): AssessedFigure => ({
  ...figure,
  value,
  numerator: value,
  coverage: 1,
  status: coverageStatus(1),
  reason: null,
  flags: [],
});
