import { type InjectionKey, inject, type ShallowRef } from "vue";
import type { Api } from "./api/api.ts";
import type { PlantStore } from "./api/plantStore.ts";
import type { SessionStore } from "./api/session.ts";
import type { PageClock } from "./kit/pageClock.ts";
import type { LiveState } from "./live/liveState.ts";
import type { Preferences, Text } from "./text/text.ts";
import type { ThemeChoice } from "./theme/theme.ts";

/** What pages work with; made once in `main.ts`, handed down by injection. */
export interface Services {
  readonly clock: PageClock;
  readonly api: Api;
  readonly session: SessionStore;
  readonly plant: PlantStore;
  readonly live: LiveState;
  readonly text: Text;
  readonly theme: ShallowRef<ThemeChoice>;
  readonly preferences: Preferences;
}

export const servicesKey: InjectionKey<Services> = Symbol("services");

export function useServices(): Services {
  const services = inject(servicesKey);
  if (!services) throw new Error("No services are provided: mount components through `main.ts`.");
  return services;
}
