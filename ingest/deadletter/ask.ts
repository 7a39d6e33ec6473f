import type { CodedError } from "#shared/model/errors.ts";
import type { DeadLetterCommand } from "#shared/wire/command/deadLetter.ts";

/** Letters of one command. */
const perCommand = 500;

/** Commands that have ingest replay or drop letters, some at a time. */
export const actsFor = (
  action: DeadLetterCommand["action"],
  ids: readonly number[],
): readonly Pick<DeadLetterCommand, "kind" | "action" | "letters">[] =>
  Array.from({ length: Math.ceil(ids.length / perCommand) }, (_, i) => ({
    kind: "deadLetter",
    action,
    letters: ids.slice(i * perCommand, (i + 1) * perCommand),
  }));

/** Why nobody did it, for the operator. */
export const noAnswer = (error: CodedError, broker: string): string =>
  `Ingest does not answer at ${broker}: ${error.detail} Letters are replayed and dropped by ingest alone; start it, and try again.`;
