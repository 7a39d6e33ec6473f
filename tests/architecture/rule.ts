import type { Source } from "./source.ts";

export interface Violation {
  readonly file: string;
  readonly line: number;
  readonly what: string;
}

/** A rule of the architecture: what breaks it, each at its place. */
export type Rule = (sources: readonly Source[]) => readonly Violation[];

export const formatViolation = ({ file, line, what }: Violation): string => `${file}:${line}: ${what}`;

/** A rule that looks at one file at a time. */
export const perFile =
  (look: (source: Source) => readonly { line: number; what: string }[]): Rule =>
  (sources) =>
    sources.flatMap((source) => look(source).map((found) => ({ file: source.file, ...found })));
