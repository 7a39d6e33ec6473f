import type { Preferences } from "../text/text.ts";
import type { WallBrowser } from "./wallScreen.ts";

/** The page's script, whose name changes with its content: it names the build. */
const buildIn = (page: Document): string | null =>
  page.querySelector('script[type="module"][src]')?.getAttribute("src") ?? null;

const kept = "kiosk.reloadedFor";

/** The browser as a page on a wall uses it. */
export const wallBrowser = (preferences: Preferences): WallBrowser => ({
  keepAwake: async () => {
    // Older browsers have no wake lock, and it wants HTTPS: the screen's own settings must do then.
    if (!("wakeLock" in navigator)) throw new Error("This browser cannot keep the screen on.");
    const lock = await navigator.wakeLock.request("screen");
    return () => void lock.release();
  },
  onShown: (run) => {
    const listen = (): void => {
      if (document.visibilityState === "visible") run();
    };
    document.addEventListener("visibilitychange", listen);
    return () => document.removeEventListener("visibilitychange", listen);
  },
  newestBuild: async () => {
    const answer = await fetch("/", { cache: "no-store" }).catch(() => null);
    if (!answer?.ok) return null;
    return buildIn(new DOMParser().parseFromString(await answer.text(), "text/html"));
  },
  build: buildIn(document),
  reloadedFor: preferences.read(kept),
  reload: (build) => {
    preferences.write(kept, build);
    location.reload();
  },
});
