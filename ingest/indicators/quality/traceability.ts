import { type Ratio, ratioOfSums } from "#shared/model/ratio.ts";

/** What a figure must name so that it can be computed again. */
export interface Lineage {
  readonly sourceTags: readonly string[];
  readonly definitionVersion: string | null;
  /** Empty where the figure uses no factor; null where nobody recorded which. */
  readonly factorIds: readonly string[] | null;
  readonly inputDigest: string | null;
}

const isComplete = ({ sourceTags, definitionVersion, factorIds, inputDigest }: Lineage): boolean =>
  sourceTags.length > 0 && definitionVersion !== null && factorIds !== null && inputDigest !== null;

/** D-06: figures with complete lineage, of all that are published. */
export const traceability = (figures: readonly Lineage[]): Ratio =>
  ratioOfSums(figures.map((figure) => ({ numerator: isComplete(figure) ? 1 : 0, denominator: 1 })));
