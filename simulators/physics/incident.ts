import { between, type Random } from "./random.ts";

/** Something that goes wrong now and then: a leak, a stuck damper, a tripped drive. */
export interface Incident {
  /** Seconds until it begins; counts down only while it may happen. */
  readonly inS: number;
  /** Seconds that it still lasts; 0 while nothing is wrong. */
  readonly leftS: number;
  /** How bad it is, 0 to 1, drawn when it begins. */
  readonly strength: number;
}

export interface IncidentKind {
  readonly everyS: readonly [shortest: number, longest: number];
  readonly lastsS: readonly [shortest: number, longest: number];
}

export const noIncidentYet = (kind: IncidentKind, random: Random): Incident => ({
  inS: between(random, ...kind.everyS),
  leftS: 0,
  strength: 0,
});

export function stepIncident(kind: IncidentKind, was: Incident, may: boolean, dtS: number, random: Random): Incident {
  if (was.leftS > 0) {
    const leftS = was.leftS - dtS;
    return leftS > 0 ? { ...was, leftS } : noIncidentYet(kind, random);
  }
  if (!may) return was;
  if (was.inS > dtS) return { ...was, inS: was.inS - dtS };
  return { inS: 0, leftS: between(random, ...kind.lastsS), strength: random() };
}
