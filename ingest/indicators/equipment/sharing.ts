import { notNegative } from "#shared/model/checks.ts";
import { CodedError } from "#shared/model/errors.ts";
import { type Ratio, ratioOfSums } from "#shared/model/ratio.ts";
import { isAtMost } from "#shared/model/threshold.ts";

/** How a tenant stands to the platform's own organisation. */
export const tenantRelations = ["own", "affiliate", "external", "unattributed"] as const;
export type TenantRelation = (typeof tenantRelations)[number];

export interface TenantUse {
  /** What nobody is named for counts as internal. */
  readonly relation: TenantRelation;
  /** Effective hours. */
  readonly hours: number;
}

/** U-17 hours for tenants outside, over all effective hours (U-18); affiliates are internal unless the platform says otherwise. */
export function externalUse(runs: readonly TenantUse[], affiliates: "internal" | "external"): Ratio {
  return ratioOfSums(
    runs.map(({ relation, hours }, i) => {
      if (!tenantRelations.includes(relation))
        throw new CodedError(
          "OUT_OF_RANGE",
          `Relation of run ${i} is \`${relation}\`; it is one of ${tenantRelations.join(", ")}.`,
        );
      const denominator = notNegative(hours, `hours of run ${i}`);
      const isExternal = relation === "external" || (relation === "affiliate" && affiliates === "external");
      return { numerator: isExternal ? denominator : 0, denominator };
    }),
  );
}

/** U-18 over equipment: Σ external / Σ effective hours. */
export const sharingRate = (items: readonly { readonly externalH: number; readonly effectiveH: number }[]): Ratio =>
  ratioOfSums(
    items.map(({ externalH, effectiveH }, i) => {
      notNegative(externalH, `external hours of item ${i}`);
      if (!isAtMost(externalH, notNegative(effectiveH, `effective hours of item ${i}`)))
        throw new CodedError("OUT_OF_RANGE", `Item ${i} has ${externalH} external of ${effectiveH} effective hours.`);
      return { numerator: externalH, denominator: effectiveH };
    }),
  );
