import { AssessmentFile } from "#shared/plant/assessmentProfile.ts";
import { AssessmentDocumentSchema, SealManifestSchema } from "#shared/wire/assessmentSchema.ts";

const written = (schema: object): string =>
  `${JSON.stringify({ $schema: "https://json-schema.org/draft/2020-12/schema", ...schema }, null, 2)}\n`;

/** JSON Schema of `assessment.json` of a pack. */
export const assessmentJsonSchema = (): string => written(AssessmentDocumentSchema);
/** JSON Schema of `manifest.json` of a pack. */
export const manifestJsonSchema = (): string => written(SealManifestSchema);
/** JSON Schema of a platform's `assessment.yaml`, for editors. */
export const assessmentFileJsonSchema = (): string => written(AssessmentFile);
