import { type Static, Type } from "typebox";
import { vetoKinds } from "#shared/model/assessment.ts";
import { head } from "./head.ts";

const about = {
  ...head,
  /** `2026-11`, `2026-Q4` or `2026`. */
  period: Type.String({ pattern: "^\\d{4}(-(Q[1-4]|\\d{2}))?$" }),
};
const Reason = Type.String({ minLength: 1, maxLength: 1_000 });
const Vetoes = Type.Array(Type.Object({ kind: Type.Enum([...vetoKinds]), reason: Reason }), { maxItems: 10 });

/** What is asked about the assessment of a period. */
export const AssessmentCommandSchema = Type.Union([
  Type.Object({ ...about, kind: Type.Literal("prepareAssessment") }),
  Type.Object({ ...about, kind: Type.Literal("sealAssessment"), vetoes: Vetoes }),
  Type.Object({
    ...about,
    kind: Type.Literal("amendAssessment"),
    reason: Reason,
    /** null keeps those of the official version. */
    vetoes: Type.Union([Vetoes, Type.Null()]),
  }),
  Type.Object({ ...about, kind: Type.Literal("approveAmendment"), version: Type.Integer({ minimum: 2 }) }),
  Type.Object({
    ...about,
    kind: Type.Literal("rejectAmendment"),
    version: Type.Integer({ minimum: 2 }),
    reason: Reason,
  }),
]);

export type AssessmentCommand = Static<typeof AssessmentCommandSchema>;
