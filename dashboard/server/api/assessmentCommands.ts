import { type TObject, Type } from "typebox";
import { vetoKinds } from "#shared/model/assessment.ts";
import type { Dependencies } from "../context.ts";
import type { App } from "../http.ts";
import { PeriodParams } from "./assessments.ts";
import { commandRoutes } from "./commandRoutes.ts";

const closed = { additionalProperties: false };
const Reason = Type.String({ minLength: 1, maxLength: 1_000 });
const Vetoes = Type.Array(Type.Object({ kind: Type.Enum([...vetoKinds]), reason: Reason }, closed), { maxItems: 10 });
const VersionParams = Type.Object({
  ...PeriodParams.properties,
  version: Type.Integer({ minimum: 2, description: "Of the amendment." }),
});
const nothing = Type.Object({}, closed);

/** What administrators do about assessments. Ingest decides, and does it. */
export function assessmentCommandRoutes(app: App, dependencies: Dependencies): void {
  const add = commandRoutes(app, dependencies);
  const about = ({ period }: { period: string }) => `assessment ${period}`;
  const shared = { tag: "assessments", params: PeriodParams, target: about };

  add({
    ...shared,
    path: "/api/assessments/:period/prepare",
    summary: "Make the provisional assessment of a period anew",
    body: nothing,
    action: "assessment.prepare",
    act: ({ period }) => ({ kind: "prepareAssessment", period }),
  });
  add({
    ...shared,
    path: "/api/assessments/:period/seal",
    summary: "Seal a period that has closed",
    body: Type.Object({ vetoes: Vetoes }, closed),
    action: "assessment.seal",
    act: ({ period }, { vetoes }) => ({ kind: "sealAssessment", period, vetoes }),
  });
  add({
    ...shared,
    path: "/api/assessments/:period/amend",
    summary: "Propose an amendment of a sealed period from what is stored now",
    body: Type.Object({ reason: Reason, vetoes: Type.Optional(Vetoes) }, closed),
    action: "assessment.amend",
    act: ({ period }, { reason, vetoes = null }) => ({ kind: "amendAssessment", period, reason, vetoes }),
  });
  const decide = <Body extends TObject>(
    route: Pick<Parameters<typeof add<typeof VersionParams, Body>>[0], "path" | "summary" | "body" | "action" | "act">,
  ) => add({ ...route, tag: "assessments", params: VersionParams, target: about });
  decide({
    path: "/api/assessments/:period/versions/:version/approve",
    summary: "Make an amendment official; by somebody else than its author",
    body: nothing,
    action: "assessment.approve",
    act: ({ period, version }) => ({ kind: "approveAmendment", period, version }),
  });
  decide({
    path: "/api/assessments/:period/versions/:version/reject",
    summary: "Reject an amendment",
    body: Type.Object({ reason: Reason }, closed),
    action: "assessment.reject",
    act: ({ period, version }, { reason }) => ({ kind: "rejectAmendment", period, version, reason }),
  });
}
