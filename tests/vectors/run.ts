import { type Difference, differences } from "./compare.ts";
import { type Field, field } from "./field.ts";
import { operations } from "./operations.ts";

/** What became of one vector: the places where it differs, or why it could not be computed. */
export interface VectorOutcome {
  readonly id: string;
  readonly differences: readonly Difference[];
  readonly error: string | null;
}

export const hasPassed = ({ differences: found, error }: VectorOutcome): boolean =>
  error === null && found.length === 0;

export function runVector(vector: Field): VectorOutcome {
  const id = vector.maybe("id")?.text() ?? "without id";
  try {
    const inputs = vector.at("inputs");
    const op = inputs.at("op").text();
    const compute = Object.hasOwn(operations, op) ? operations[op] : undefined;
    if (!compute) throw new Error(`the operation \`${op}\` is unknown`);
    const tolerance = vector.maybe("tolerance")?.number() ?? 0;
    return { id, differences: differences(vector.at("expected").raw, compute(inputs), tolerance), error: null };
  } catch (error) {
    return { id, differences: [], error: error instanceof Error ? error.message : String(error) };
  }
}

/** Every vector of a file's content. */
export const runVectors = (content: unknown): readonly VectorOutcome[] =>
  field(content, "$")
    .list()
    .map((vector) => runVector(vector));
