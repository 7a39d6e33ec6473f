import { createApp, shallowRef, watch } from "vue";
import { instant } from "#shared/model/time.ts";
import App from "./App.vue";
import { createApi } from "./api/api.ts";
import { createPlantStore } from "./api/plantStore.ts";
import { createSessionStore } from "./api/session.ts";
import type { PageClock } from "./kit/pageClock.ts";
import { createLink } from "./live/link.ts";
import { createLiveState } from "./live/liveState.ts";
import { createRoutes } from "./routes.ts";
import { servicesKey } from "./services.ts";
import { chooseLocale, createText, followLocale, type Preferences } from "./text/text.ts";
import { createTheme } from "./theme/theme.ts";
import "./theme/tokens.css";
import "./theme/base.css";
import "./theme/parts.css";

/** Never jumps, unlike `Date.now`: a browser clock that is set while the page is open makes nothing look old. */
const clock: PageClock = {
  now: () => instant(performance.timeOrigin + performance.now()),
  every: (periodMs, run) => {
    const timer = setInterval(run, periodMs);
    return () => clearInterval(timer);
  },
  after: (waitMs, run) => {
    const timer = setTimeout(run, waitMs);
    return () => clearTimeout(timer);
  },
  frame: (run) => {
    const handle = requestAnimationFrame(run);
    return () => cancelAnimationFrame(handle);
  },
};

/** Private windows may refuse storage: the pages then start with their defaults each time. */
const preferences: Preferences = {
  read: (key) => {
    try {
      return localStorage.getItem(`pilotline.${key}`);
    } catch {
      return null;
    }
  },
  write: (key, value) => {
    try {
      localStorage.setItem(`pilotline.${key}`, value);
    } catch {
      // Not kept, nothing else is lost.
    }
  },
};

const override = new URLSearchParams(location.search).get("lang");
const text = createText(chooseLocale(override, preferences.read("locale"), navigator.languages), "Asia/Shanghai");
followLocale(text, preferences, document.documentElement);

const darkQuery = matchMedia("(prefers-color-scheme: dark)");
const systemIsDark = shallowRef(darkQuery.matches);
darkQuery.addEventListener("change", ({ matches }) => {
  systemIsDark.value = matches;
});
const theme = createTheme(preferences, systemIsDark, document.documentElement);

const api = createApi((url, init) => fetch(url, init));
const session = createSessionStore(api);
const plant = createPlantStore(api, ({ platform }) => {
  text.zone.value = platform.timeZone;
});
const live = createLiveState(clock, createLink, async () => (await session.load()).kind !== "user");
const router = createRoutes(session);

watch(session.state, (state, before) => {
  if (state.kind === "user" && before.kind !== "user") live.start();
  if (state.kind !== "user" && before.kind === "user") {
    live.stop();
    plant.forget();
    const at = router.currentRoute.value;
    void router.push({ name: "login", query: state.kind === "anonymous" && state.ended ? { next: at.fullPath } : {} });
  }
});

createApp(App)
  .provide(servicesKey, { clock, api, session, plant, live, text, theme, preferences })
  .use(router)
  .mount("#app");
