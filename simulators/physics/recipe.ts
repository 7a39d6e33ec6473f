/** What an equipment is doing, as its own controller calls it. */
export const runStates = ["idle", "set-up", "running", "fault", "maintenance"] as const;
export type RunState = (typeof runStates)[number];

export interface Phase<Name extends string> {
  readonly name: Name;
  readonly lastsS: number;
}

/** Where a line stands in its recipe. */
export interface Progress<Name extends string> {
  readonly phase: Name;
  readonly sinceS: number;
  /** Counts the runs from 1. */
  readonly run: number;
}

export const firstPhase = <Name extends string>(recipe: readonly [Phase<Name>, ...Phase<Name>[]]): Progress<Name> => ({
  phase: recipe[0].name,
  sinceS: 0,
  run: 1,
});

/** Time goes on in the recipe; after the last phase the first of the next run follows. */
export function advance<Name extends string>(
  recipe: readonly [Phase<Name>, ...Phase<Name>[]],
  { phase, sinceS, run }: Progress<Name>,
  dtS: number,
): Progress<Name> {
  const at = recipe.findIndex(({ name }) => name === phase);
  const { lastsS } = recipe[at] ?? recipe[0];
  if (sinceS + dtS < lastsS) return { phase, sinceS: sinceS + dtS, run };
  const next = recipe[at + 1];
  return next ? { phase: next.name, sinceS: 0, run } : { phase: recipe[0].name, sinceS: 0, run: run + 1 };
}
