import { machines } from "../truePlant.ts";
import { type Expected, type KnownMonth, nothing, ratioOf, type Scope, sum } from "./known.ts";

/** Tags of an equipment that figures are made of. */
export const followed: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(machines.map((id) => [id, ["state", "energy"]])),
  steam: ["state", "energy", "pressure", "water"],
  room: ["carbonDioxide", "oxygen"],
};

/** Part D of the catalogue; `given` is how many other figures of the scope have a value. */
export function quality(scope: Scope, known: KnownMonth, given: number): Record<string, Expected> {
  const minutes = known.history.minutes;
  const expected = sum(scope.ids.map((id) => (followed[id]?.length ?? 0) * minutes));
  // Whoever is silent is so with all of his tags.
  const lost = sum(scope.ids.map((id) => (followed[id]?.length ?? 0) * (known.silent[id]?.size ?? 0)));
  const samples = sum(scope.ids.map((id) => known.samples[id]?.all ?? 0));
  const ofFigures = sum(scope.ids.map((id) => known.samples[id]?.followed ?? 0));
  const inTime = sum(scope.ids.map((id) => known.samples[id]?.inTime ?? 0));
  const unsealed = scope.level === "platform" ? "not_sealed" : "not_at_this_scope";
  return {
    "D-01": ratioOf((expected - lost) / 60, expected / 60),
    "D-02": ratioOf(inTime, samples),
    "D-03": ratioOf(ofFigures, ofFigures),
    "D-04": ratioOf(samples, samples),
    "D-06": { value: 1, denominator: given },
    "D-07": nothing(unsealed),
    "D-08": nothing(unsealed),
  };
}
