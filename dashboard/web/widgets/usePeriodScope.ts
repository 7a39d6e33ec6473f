import { type ComputedRef, computed } from "vue";
import { useRoute, useRouter } from "vue-router";
import { calendar, type PeriodKind } from "#shared/model/calendar.ts";
import { CodedError } from "#shared/model/errors.ts";
import { useServices } from "../services.ts";

export interface PeriodScopeState {
  readonly period: ComputedRef<string>;
  /** Empty until the plant is there. */
  readonly scope: ComputedRef<string>;
  choose(next: { readonly period?: string; readonly scope?: string }): void;
}

/** Period and scope of a page, kept in its address; `kind` is the running period that it begins with. */
export function usePeriodScope(kind: PeriodKind): PeriodScopeState {
  const { live, plant, text } = useServices();
  const route = useRoute();
  const router = useRouter();
  const { period: periodOf, periodAt } = calendar(text.zone.value);
  const running = computed(() => periodAt(kind, live.now.value).name);
  const known = (name: unknown): string | null => {
    try {
      return typeof name === "string" ? periodOf(name).name : null;
    } catch (error) {
      if (error instanceof CodedError) return null;
      throw error;
    }
  };
  const platform = computed(() => plant.plant.value?.platform.id ?? "");
  const period = computed(() => known(route.query.period) ?? running.value);
  const scope = computed(() => (typeof route.query.scope === "string" ? route.query.scope : platform.value));
  return {
    period,
    scope,
    choose: (next) => {
      const wanted = { period: period.value, scope: scope.value, ...next };
      const query = {
        ...route.query,
        period: wanted.period === running.value ? undefined : wanted.period,
        scope: wanted.scope === platform.value ? undefined : wanted.scope,
      };
      void router.push({ query });
    },
  };
}
