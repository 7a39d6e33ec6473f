import { type IndicatorId, indicatorCatalogue, isIndicatorId } from "#shared/model/catalogue/catalogue.ts";
import { positive } from "#shared/model/checks.ts";
import { CodedError } from "#shared/model/errors.ts";
import { sum } from "#shared/model/ratio.ts";
import type { Standard } from "#shared/model/standard.ts";
import breakpointFile from "./profiles/breakpoints.json" with { type: "json" };
import profileFile from "./profiles/profiles.json" with { type: "json" };
import {
  type Breakpoints,
  type CompositeScore,
  compositeScore,
  type ItemStatus,
  type ScoreKind,
  scoreKinds,
} from "./score.ts";

interface ProfileItem {
  readonly indicator: string;
  /** Which figure of the indicator, where it has several. */
  readonly figure?: string;
  /** Points. */
  readonly weight: number;
}

/** What an assessment scores, with which weight: data of its own version. */
export interface AssessmentProfile {
  readonly name: string;
  readonly zh: string;
  readonly en: string;
  /** A group weighs what its items weigh. */
  readonly groups: readonly { readonly id: string; readonly kind: string; readonly items: readonly ProfileItem[] }[];
}

export const assessmentProfiles: readonly Standard<AssessmentProfile>[] = profileFile;

/** How values become points, by indicator. JSON knows no pairs: `scoreProfile` checks them. */
export const breakpointTables: readonly Standard<Readonly<Record<string, readonly (readonly number[])[]>>>[] =
  breakpointFile;

/** What there is of an indicator: a value to be scored, or the points that a verified declaration was given. */
export interface Finding {
  readonly status: ItemStatus;
  readonly value: number | null;
  readonly points: number | null;
}

function idOf(text: string): IndicatorId {
  if (isIndicatorId(text)) return text;
  throw new CodedError(
    "CONFIG",
    `\`${text}\` is no indicator; the ids are ${Object.keys(indicatorCatalogue).join(", ")}.`,
  );
}

function kindOf(text: string, group: string): ScoreKind {
  const kind = scoreKinds.find((known) => known === text);
  if (!kind)
    throw new CodedError("CONFIG", `Group ${group} is \`${text}\`; a kind is one of ${scoreKinds.join(", ")}.`);
  return kind;
}

function pairs(points: readonly (readonly number[])[], id: string): Breakpoints {
  return points.map(([x, score, ...rest]) => {
    if (x === undefined || score === undefined || rest.length > 0)
      throw new CodedError("CONFIG", `A breakpoint of ${id} is not a pair of value and points.`);
    return [x, score];
  });
}

/** The composite score by a profile. What was not found is missing: it scores 0 and is listed. */
export function scoreProfile(
  profile: AssessmentProfile,
  breakpoints: Readonly<Record<string, readonly (readonly number[])[]>>,
  findings: ReadonlyMap<IndicatorId, Finding>,
): CompositeScore {
  const resultOf = (id: IndicatorId, { value, points }: Finding) => {
    if (points !== null) return { score: points };
    if (value === null) return null;
    const table = breakpoints[id];
    if (!table) throw new CodedError("CONFIG", `${id} has a value, but no breakpoints to score it by; add them.`);
    return { x: value, points: pairs(table, id) };
  };
  return compositeScore(
    profile.groups.map(({ id: group, kind, items }) => ({
      id: group,
      kind: kindOf(kind, group),
      weight: sum(items.map(({ indicator, weight }) => positive(weight, `weight of ${indicator}`))),
      items: items.map(({ indicator, weight }) => {
        const id = idOf(indicator);
        const finding = findings.get(id) ?? { status: "missing", value: null, points: null };
        return { id, weight, status: finding.status, result: resultOf(id, finding) };
      }),
    })),
  );
}
