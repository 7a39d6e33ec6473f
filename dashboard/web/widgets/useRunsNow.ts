import { type ComputedRef, computed } from "vue";
import type { Recorded } from "#shared/model/revision.ts";
import type { Run } from "#shared/model/run.ts";
import { loadRunsNow } from "../api/equipmentApi.ts";
import { useServices } from "../services.ts";
import { usePolled } from "./usePolled.ts";

/** Runs in progress, of all lines. */
export interface RunsNow {
  /** Null until the server has told, and again where it has not for a while. */
  of(line: string, equipment?: string): readonly Recorded<Run>[] | null;
  readonly failed: ComputedRef<boolean>;
}

export function useRunsNow(): RunsNow {
  const { api, live } = useServices();
  const { value, failure } = usePolled((signal) => loadRunsNow(api, live.now.value, signal), 15_000);
  return {
    of: (line, equipment) =>
      failure.value
        ? null
        : (value.value?.filter(
            (run) => run.line === line && (equipment === undefined || run.equipment.includes(equipment)),
          ) ?? null),
    failed: computed(() => failure.value !== null),
  };
}
