import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Static, Type } from "typebox";
import type { Node } from "yaml";
import { CodedError } from "#shared/model/errors.ts";
import { Conformer } from "./conform.ts";
import { formatProblem, type Problem } from "./problem.ts";
import { shapeOf } from "./shape.ts";
import { readYaml } from "./yamlSource.ts";

const closed = { additionalProperties: false } as const;
const Text = (description: string) => Type.String({ minLength: 1, description });
const Indicator = Type.String({ pattern: "^[A-Z]+-[0-9A-Za-z-]+$", description: "Catalogue id, for example P-11." });

/** What a platform adds to the profiles that are shipped: `assessment.yaml` beside `plant.yaml`. */
export const AssessmentFile = Type.Object(
  {
    version: Text("Names this version; every assessment prints it. Change it with the content."),
    source: Text("Which rule or decision it follows, so that somebody can look it up."),
    breakpoints: Type.Optional(
      Type.Array(
        Type.Object(
          {
            indicator: Indicator,
            points: Type.Array(Type.Array(Type.Number(), { minItems: 2, maxItems: 2 }), {
              minItems: 1,
              description: "Pairs of value and points (0 to 100), linear between them, clamped at both ends.",
            }),
          },
          { ...closed, description: "How values of one indicator become points." },
        ),
        { description: "Declared items have none of their own: without them a verified declaration scores 0." },
      ),
    ),
    notApplicable: Type.Optional(
      Type.Array(
        Type.Object(
          {
            indicator: Indicator,
            reason: Text("Why it cannot apply to this platform."),
            approvedBy: Text("Who approved that."),
            approvedOn: Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}$", description: "When, as YYYY-MM-DD." }),
          },
          { ...closed, description: "An item that leaves the denominator of the score." },
        ),
        { description: "What does not apply; approved, with its reason." },
      ),
    ),
  },
  { ...closed, description: "How the assessments of this platform are scored, beyond the shipped profiles." },
);

/** The platform's own part of the scoring. */
export type PlatformScoring = Static<typeof AssessmentFile>;

/** The content of an `assessment.yaml`, or every mistake in it; `file` only goes into the problems. */
export function parseAssessmentFile(
  text: string,
  file: string,
): { readonly scoring: PlatformScoring | null; readonly problems: readonly Problem[] } {
  const source = readYaml(text, file);
  const problems: Problem[] = source.mistakes.map((mistake) => ({ key: "assessment", ...mistake }));
  if (problems.length > 0) return { scoring: null, problems };
  if (!source.root) {
    const what = { what: "the file is empty", remedy: "write version and source, or take the file away." };
    return { scoring: null, problems: [{ file, line: 1, column: 1, key: "assessment", ...what }] };
  }
  const report = (node: Node, key: string, what: string, remedy: string) =>
    void problems.push({ ...source.placeOf(node), key: key === "plant" ? "assessment" : key, what, remedy });
  const scoring = new Conformer({ source, env: {}, report }).conform(shapeOf(AssessmentFile), source.root, "");
  return problems.length > 0 ? { scoring: null, problems } : { scoring: scoring as PlatformScoring, problems };
}

/** Reads `assessment.yaml` beside the plant file; null where there is none. Throws `CONFIG` naming every mistake. */
export async function loadPlatformScoring(plantFile: string): Promise<PlatformScoring | null> {
  const file = join(dirname(plantFile), "assessment.yaml");
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw new CodedError("CONFIG", `${file} cannot be read: ${error.message}`);
  });
  if (text === null) return null;
  const { scoring, problems } = parseAssessmentFile(text, file);
  if (scoring) return scoring;
  throw new CodedError("CONFIG", problems.map(formatProblem).join("\n"));
}
