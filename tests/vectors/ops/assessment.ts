import { ratioOfSums } from "#shared/model/ratio.ts";
import { closePeriod } from "../../../ingest/assessment/closing.ts";
import { finalGrade, gradeOf, gradeScales } from "../../../ingest/assessment/grade.ts";
import {
  type Breakpoints,
  compositeScore,
  type ItemStatus,
  type ScoredItem,
  type ScoreKind,
  scoreAt,
  scoreKinds,
} from "../../../ingest/assessment/score.ts";
import { roundedDecimal } from "../../../ingest/indicators/rounding.ts";
import type { Json } from "../../../shared/kit/canonicalJson.ts";
import { chainHashes, firstBroken, publicKeyHex, signingKey, signManifest } from "../../../shared/kit/hashChain.ts";
import { type Field, isoText } from "../field.ts";
import type { Operation } from "../operations.ts";
import { newest } from "./shapes.ts";

const scale = newest(gradeScales);

const breakpoints = (points: Field): Breakpoints =>
  points.list().map((point) => {
    const [x, score] = point.numbers();
    if (x === undefined || score === undefined) throw new Error("a breakpoint is a pair of value and score");
    return [x, score];
  });

function scoredItem(item: Field): ScoredItem {
  const [score, x] = [item.maybe("score"), item.maybe("x")];
  const result = score
    ? { score: score.number() }
    : x
      ? { x: Number(x.raw === true || x.raw === false ? x.flag() : x.number()), points: breakpoints(item.at("points")) }
      : null;
  return {
    id: item.at("id").text(),
    weight: item.at("weight").number(),
    status: item.at("status").text() as ItemStatus,
    result,
  };
}

function kindOf(group: Field): ScoreKind {
  const kind = scoreKinds.find((known) => known === group.at("kind").text());
  if (!kind) throw new Error(`a group is one of ${scoreKinds.join(", ")}`);
  return kind;
}

const records = (inputs: Field): readonly Json[] =>
  inputs
    .at("records")
    .list()
    .map(({ raw }) => raw as Json);

export const assessmentOperations: Readonly<Record<string, Operation>> = {
  round_half_even: (inputs) => ({
    values: inputs
      .at("values")
      .list()
      .map((value) => roundedDecimal(value.text(), inputs.at("decimals").number(), "half_even")),
  }),
  score_points: (inputs) => {
    const points = breakpoints(inputs.at("points"));
    return {
      score: inputs
        .at("x")
        .numbers()
        .map((x) => scoreAt(points, x)),
    };
  },
  composite: (inputs) => {
    const composite = compositeScore(
      inputs
        .at("groups")
        .list()
        .map((group) => ({
          id: group.at("id").text(),
          weight: group.at("weight").number(),
          kind: kindOf(group),
          items: group.at("items").list().map(scoredItem),
        })),
    );
    return {
      // A group in which nothing applies has no score to be shown.
      groups: Object.fromEntries(composite.groups.flatMap(({ id, score }) => (score === null ? [] : [[id, score]]))),
      total: composite.total,
      measured: composite.measured,
      grade: composite.total === null ? null : gradeOf(composite.total, scale).grade,
      missing: composite.missing,
    };
  },
  annual_score: (inputs) => {
    const { value } = ratioOfSums(
      inputs
        .at("quarters")
        .list()
        .map((quarter) => ({
          numerator: quarter.at("prd").number(),
          denominator: quarter.at("ot").number(),
        })),
    );
    return { x: value, score: value === null ? null : scoreAt(breakpoints(inputs.at("points")), value) };
  },
  grades: (inputs) => {
    const graded = inputs
      .at("scores")
      .list()
      .map((score) => gradeOf(typeof score.raw === "number" ? score.number() : score.text(), scale));
    return { rounded: graded.map(({ rounded }) => rounded), grades: graded.map(({ grade }) => grade) };
  },
  veto: (inputs) => {
    const score = inputs.at("score").number();
    const evidence = {
      vetoes: inputs
        .at("vetoes")
        .list()
        .map((veto) => veto.text()),
      measuredCoverage: inputs.at("measured_coverage").number(),
      isChainIntact: true,
    };
    return { score, grade: finalGrade(score, evidence, scale) };
  },
  closing: (inputs) => {
    const closing = closePeriod(
      inputs
        .at("records")
        .list()
        .map((record) => ({
          receivedAt: record.at("received").instant(),
          numerator: record.at("prd_h").number(),
          denominator: record.at("ot_h").number(),
        })),
      inputs.at("period_end").instant(),
      inputs.at("grace_h").number(),
      inputs.at("amendment_approved").flag(),
    );
    return {
      closed_at_utc: isoText(closing.closedAt),
      v1: closing.v1.value,
      v2: closing.v2?.value ?? null,
      official: closing.official,
      late_records: closing.lateRecords,
    };
  },
  hash_chain: (inputs) => ({ hashes: chainHashes(records(inputs)) }),
  verify_chain: (inputs) => {
    const broken = firstBroken(
      records(inputs),
      inputs
        .at("stored_hashes")
        .list()
        .map((hash) => hash.text()),
    );
    return { valid: broken === null, first_broken_index: broken };
  },
  sign_manifest: (inputs) => {
    const key = signingKey(Buffer.from(inputs.at("test_seed_hex").text(), "hex"));
    return { signature_hex: signManifest(inputs.at("manifest").raw as Json, key), public_key_hex: publicKeyHex(key) };
  },
};
