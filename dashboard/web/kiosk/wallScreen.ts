import type { PageClock, Stop } from "../kit/pageClock.ts";

/** What a page on a wall needs of the browser. */
export interface WallBrowser {
  /** Keeps the screen on until it is released or the page is hidden; rejects where the browser does not do it. */
  keepAwake(): Promise<Stop>;
  /** Called when the page is seen again: screens must be kept on anew then. */
  onShown(run: () => void): Stop;
  /** Name of the build that the server has now; null where it does not answer. */
  newestBuild(): Promise<string | null>;
  /** Name of the build that runs here. */
  readonly build: string | null;
  /** The build that the page was last loaded anew for. */
  readonly reloadedFor: string | null;
  reload(build: string): void;
}

const askEveryMs = 60_000;

/**
 * Keeps a page on a wall for weeks: the screen on, the pages going round, the newest build. A server that is away is
 * waited for, and what does not become the newest build by one reload is not loaded again and again.
 */
export function runWallScreen(clock: PageClock, browser: WallBrowser, everyS: number | null, goOn: () => void): Stop {
  let release: Stop | null = null;
  let isOver = false;
  const stayAwake = async (): Promise<void> => {
    release?.();
    release = null;
    const kept = await browser.keepAwake().catch(() => null);
    if (isOver) kept?.();
    else release = kept;
  };
  const look = async (): Promise<void> => {
    const newest = await browser.newestBuild();
    if (isOver || newest === null || newest === browser.build || newest === browser.reloadedFor) return;
    browser.reload(newest);
  };
  void stayAwake();
  const stops = [
    browser.onShown(() => void stayAwake()),
    clock.every(askEveryMs, () => void look()),
    ...(everyS === null ? [] : [clock.every(everyS * 1_000, goOn)]),
  ];
  return () => {
    isOver = true;
    for (const stop of stops) stop();
    release?.();
  };
}
