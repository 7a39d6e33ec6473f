/**
 * Elects the one tab of a browser that calls: it holds a lock until it is closed, then the next one has it. Where the
 * browser has no locks, every tab calls.
 */
export function electCallingTab(locks: LockManager | undefined): { readonly isElected: () => boolean; stop(): void } {
  const held = { isElected: locks === undefined };
  const left = new AbortController();
  const leaving = new Promise<void>((resolve) => left.signal.addEventListener("abort", () => resolve()));
  locks
    ?.request("pilotline.alarmCall", { signal: left.signal }, () => {
      held.isElected = true;
      return leaving;
    })
    // Left before it was its turn.
    .catch(() => undefined);
  return { isElected: () => held.isElected, stop: () => left.abort() };
}
