import type { AssessmentAnswer, AssessmentSummary, EvidenceAnswer, Veto } from "#shared/model/assessment.ts";
import type { Requests } from "./requests.ts";

/** What an administrator does about the assessment of a period. */
export type AssessmentAct =
  | { readonly kind: "prepare" }
  | { readonly kind: "seal"; readonly vetoes: readonly Veto[] }
  | { readonly kind: "amend"; readonly reason: string }
  | { readonly kind: "approve"; readonly version: number }
  | { readonly kind: "reject"; readonly version: number; readonly reason: string };

/** Assessments as pages use them. Every call rejects with `ApiFailure`. */
export interface AssessmentApi {
  periods(): Promise<readonly AssessmentSummary[]>;
  /** `version` null: the official one, else what is provisional. */
  period(period: string, version: number | null): Promise<AssessmentAnswer>;
  evidence(period: string, indicator: string, scope: string, version: number | null): Promise<EvidenceAnswer>;
  /** `key` names this act: sent again it repeats nothing. */
  act(period: string, act: AssessmentAct, key: string): Promise<void>;
  fileUrl(period: string, name: string, version: number | null): string;
}

function pathOf(act: AssessmentAct): { readonly path: string; readonly body: object } {
  switch (act.kind) {
    case "approve":
      return { path: `versions/${act.version}/approve`, body: {} };
    case "reject":
      return { path: `versions/${act.version}/reject`, body: { reason: act.reason } };
    case "seal":
      return { path: "seal", body: { vetoes: act.vetoes } };
    case "amend":
      return { path: "amend", body: { reason: act.reason } };
    case "prepare":
      return { path: "prepare", body: {} };
  }
}

export function createAssessmentApi({ send, post }: Requests): AssessmentApi {
  const base = (period: string): string => `/api/assessments/${encodeURIComponent(period)}`;
  const query = (values: Readonly<Record<string, string | number | null>>): string => {
    const given = Object.entries(values).flatMap(([key, value]) =>
      value === null ? [] : [[key, String(value)] as [string, string]],
    );
    return given.length === 0 ? "" : `?${new URLSearchParams(given)}`;
  };
  return {
    periods: async () => ((await send("/api/assessments")) as { periods: readonly AssessmentSummary[] }).periods,
    period: async (period, version) => (await send(`${base(period)}${query({ version })}`)) as AssessmentAnswer,
    evidence: async (period, indicator, scope, version) =>
      (await send(`${base(period)}/evidence${query({ indicator, scope, version })}`)) as EvidenceAnswer,
    act: async (period, act, key) => {
      const { path, body } = pathOf(act);
      await post(`${base(period)}/${path}`, body, { "idempotency-key": key });
    },
    fileUrl: (period, name, version) => `${base(period)}/file${query({ name, version })}`,
  };
}
