/** One mistake in a plant file: where, what, and what to do. Lines and columns count from 1. */
export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Key path, for example `lines[0].equipment[2].tags[1].unit`. */
  readonly key: string;
  readonly what: string;
  readonly remedy: string;
  /** Key path in the plant with its templates expanded, where that is known. */
  readonly at?: string;
}

/** `file:line:column: key: what; remedy`, the form that editors and terminals can jump to. */
export const formatProblem = ({ file, line, column, key, what, remedy }: Problem): string =>
  `${file}:${line}:${column}: ${key}: ${what}; ${remedy}`;

/** Takes down a mistake at a key path; the position comes from the file. */
export type Report = (path: string, what: string, remedy: string) => void;
