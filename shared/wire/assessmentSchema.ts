import { Type } from "typebox";
import { assessedKinds, vetoKinds } from "#shared/model/assessment.ts";
import { coverageStatuses } from "#shared/model/indicator.ts";
import { IndicatorSchema, Instant, Version } from "./derivedSchemas.ts";

const object = <const P extends Record<string, Parameters<typeof Type.Optional>[0]>>(
  properties: P,
  description: string,
) => Type.Object(properties, { description });
const orNull = <const T extends Parameters<typeof Type.Optional>[0]>(schema: T) => Type.Union([schema, Type.Null()]);
const Text = (description?: string) => Type.String(description === undefined ? {} : { description });
const Sha256 = (description: string) => Type.String({ pattern: "^[0-9a-f]{64}$", description });
const LocalText = object({ zh: Text(), en: Type.Optional(Text()) }, "A text in both languages.");
const Score = orNull(Type.Number({ minimum: 0, maximum: 100 }));
const statuses = [...coverageStatuses, "missing", "unverified", "not_applicable"] as const;
const kinds = ["measured", "derived", "declared"] as const;

const DefinitionShape = object(
  {
    indicator: Text("Catalogue id."),
    version: Text("Of the definition."),
    zh: Text(),
    en: Text(),
    formula: Text(),
    unit: Text("UCUM."),
    better: Type.Enum(["higher", "lower", "neither"]),
  },
  "What a figure means.",
);
const FactorShape = object(
  { id: Text(), source: Text(), evidence: Text(), validFrom: orNull(Text()), validTo: orNull(Text()) },
  "A limit, tariff or factor that a figure used.",
);
const DeclarationShape = object(
  {
    indicator: Text(),
    period: Text(),
    value: Type.Number(),
    unit: Text("UCUM."),
    state: Type.Enum(["draft", "submitted", "verified", "rejected"]),
    evidenceSha256: orNull(Sha256("Of the evidence file.")),
    declaredBy: Text(),
    verifiedBy: orNull(Text()),
  },
  "What a person declared.",
);
const ScoringShape = object(
  {
    profile: Text("Id of the profile's version."),
    name: Text("OPS or PERF."),
    zh: Text(),
    en: Text(),
    source: Text(),
    gradeScale: Text(),
    breakpointSources: Type.Array(Text()),
    breakpoints: Type.Record(Text(), Type.Array(Type.Array(Type.Number()))),
    platform: orNull(object({ version: Text(), source: Text() }, "The platform's own assessment.yaml.")),
    notApplicable: Type.Array(
      object({ indicator: Text(), reason: Text(), approvedBy: Text(), approvedOn: Text() }, "What does not apply."),
    ),
  },
  "How it was scored.",
);
const ScoreShape = object(
  {
    total: Score,
    measured: Score,
    declared: Score,
    groups: Type.Array(
      object(
        {
          id: Text(),
          kind: Type.Enum([...kinds]),
          weight: Type.Number(),
          score: Score,
          items: Type.Array(
            object(
              {
                indicator: Text(),
                figure: orNull(Text("Which figure of the indicator.")),
                weight: Type.Number(),
                status: Type.Enum([...statuses]),
                value: orNull(Type.Number()),
                points: Score,
                reason: orNull(Text()),
              },
              "An item; points are null where it does not apply.",
            ),
          ),
        },
        "A group of the profile.",
      ),
    ),
    missing: Type.Array(Text("Scored 0, for there was nothing to score.")),
    measuredCoverage: Type.Number({ minimum: 0, maximum: 1 }),
    vetoes: Type.Array(object({ kind: Type.Enum([...vetoKinds]), reason: Text() }, "What fails the whole.")),
    grade: orNull(Text()),
  },
  "The composite score: total, measured part, declared part.",
);

/** `assessment.json` of a pack. */
export const AssessmentDocumentSchema = object(
  {
    format: Type.Literal("pilotline-assessment/1"),
    platform: object({ id: Text(), name: LocalText }, "The platform."),
    period: Text("2026-11, 2026-Q4 or 2026."),
    kind: Type.Enum([...assessedKinds]),
    from: Instant,
    to: Instant,
    timeZone: Text("IANA."),
    closesAt: Instant,
    frozenAt: Instant,
    version: Type.Integer({ minimum: 0, description: "0 while it is provisional." }),
    lines: Type.Array(object({ scope: Text(), name: LocalText }, "A line of the platform."), {
      description: "Names of the lines.",
    }),
    months: Type.Array(
      object({ period: Text(), version: Type.Integer(), lastHash: Sha256("Of its chain.") }, "An official month."),
    ),
    definitions: Type.Array(DefinitionShape),
    factors: Type.Array(FactorShape),
    figures: Type.Array(IndicatorSchema),
    declared: Type.Array(DeclarationShape),
    scoring: ScoringShape,
    score: ScoreShape,
    amendment: orNull(
      object(
        {
          reason: Text(),
          author: Text(),
          effects: Type.Array(
            object(
              {
                indicator: Text("Catalogue id, or score.total."),
                figure: orNull(Text()),
                scope: Text(),
                before: orNull(Type.Number()),
                after: orNull(Type.Number()),
              },
              "What changed.",
            ),
          ),
        },
        "Why there is a version after the first.",
      ),
    ),
  },
  "The assessment of a period; in a pack in canonical form (RFC 8785).",
);

/** `manifest.json` of a pack. */
export const SealManifestSchema = object(
  {
    format: Type.Literal("pilotline-seal/1"),
    algorithm: Text("Of the signature: Ed25519."),
    platform: Text(),
    period: Text(),
    version: Type.Integer({ minimum: 1 }),
    records: Type.Integer({ minimum: 1, description: "Of the hash chain." }),
    lastHash: Sha256("Of the chain."),
    sealedAt: Instant,
    sealedBy: Text(),
    previous: Sha256("Of the manifest that was signed before; 64 zeros for the first."),
    files: Type.Record(Text(), Sha256("Of a file of the pack.")),
  },
  "What is signed.",
);

/** A sealed assessment as it is published; figures of equipment are left to the API and the pack. */
export const AssessmentMessageSchema = Type.Object({
  v: Version,
  period: Type.String(),
  version: Type.Integer(),
  sealedAt: Instant,
  score: ScoreShape,
  figures: Type.Array(IndicatorSchema, { description: "Of the platform and its lines." }),
  manifest: SealManifestSchema,
  signature: Type.String({ description: "Ed25519 over the canonical JSON of the manifest, hex." }),
  publicKey: Type.String({ description: "Raw, hex." }),
});
