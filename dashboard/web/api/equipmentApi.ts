import type { Interval } from "#shared/model/interval.ts";
import type { Recorded } from "#shared/model/revision.ts";
import type { Run } from "#shared/model/run.ts";
import type { EpochMs } from "#shared/model/time.ts";
import type { Api } from "./api.ts";
import type { StatesAnswer } from "./stateApi.ts";
import type { GapsAnswer } from "./systemApi.ts";

type Asker = Pick<Api, "get">;

/** Where an equipment stands. */
export interface EquipmentPlace {
  readonly line: string;
  readonly equipment: string;
}

const queryOf = ({ line, equipment }: EquipmentPlace, { from, to }: Interval): URLSearchParams =>
  new URLSearchParams({ line, equipment, from: `${from}`, to: `${to}` });

export const loadStatesOf = ({ get }: Asker, place: EquipmentPlace, span: Interval, signal: AbortSignal) =>
  get<StatesAnswer>(`/api/states?${queryOf(place, span)}`, signal);

export const loadGapsOf = ({ get }: Asker, place: EquipmentPlace, span: Interval, signal: AbortSignal) =>
  get<GapsAnswer>(`/api/gaps?${queryOf(place, span)}`, signal);

/** Runs that go on at `now`, of all lines, by their start. */
export async function loadRunsNow(
  { get }: Asker,
  now: EpochMs,
  signal: AbortSignal,
): Promise<readonly Recorded<Run>[]> {
  const { runs } = await get<{ readonly runs: readonly Recorded<Run>[] }>(
    `/api/runs?from=${Math.floor(now) - 60_000}&to=${Math.floor(now) + 1}`,
    signal,
  );
  return runs.filter(({ state }) => state === "running");
}
