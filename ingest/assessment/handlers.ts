import { CodedError } from "#shared/model/errors.ts";
import type { AssessmentCommand } from "#shared/wire/command/assessment.ts";
import type { Answer, Handlers } from "../commands.ts";
import type { Registrar } from "./registrar.ts";

/** What people ask about assessments. */
export function assessmentHandlers(registrar: Registrar): Pick<Handlers, AssessmentCommand["kind"]> {
  const answer = async (work: Promise<void> | (() => void)): Promise<Answer> => {
    try {
      await (typeof work === "function" ? work() : work);
      return { outcome: "done" };
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      return { outcome: "refused", code: error.code, detail: error.detail };
    }
  };
  return {
    prepareAssessment: ({ period }) => answer(registrar.prepare(period)),
    sealAssessment: ({ period, user, vetoes }) => answer(registrar.seal(period, user, vetoes)),
    amendAssessment: ({ period, user, reason, vetoes }) => answer(registrar.amend(period, user, reason, vetoes)),
    approveAmendment: ({ period, version, user }) => answer(registrar.approve(period, version, user)),
    rejectAmendment: ({ period, version, user, reason }) =>
      answer(() => registrar.reject(period, version, user, reason)),
  };
}
