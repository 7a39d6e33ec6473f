/** A device's connection came or went, after the batch `after` of this start. */
export interface DeviceChange {
  readonly device: string;
  readonly connected: boolean;
  readonly after: number;
}

/** Which devices are connected; a change waits until the batches before it are sent, so that order holds. */
export interface DeviceStates {
  changed(change: DeviceChange): void;
  /** The next change whose batches have gone: all before number `nextLive`. */
  take(nextLive: number): DeviceChange | undefined;
  /** Takes all changes at once: a birth tells the newest state. */
  settle(): void;
  isConnected(device: string): boolean;
  readonly connected: number;
}

export function createDeviceStates(): DeviceStates {
  const connected = new Set<string>();
  const waiting: DeviceChange[] = [];
  const apply = (change: DeviceChange) => {
    if (change.connected) connected.add(change.device);
    else connected.delete(change.device);
  };
  return {
    changed: (change) => waiting.push(change),
    take: (nextLive) => {
      const next = waiting[0];
      if (!next || next.after >= nextLive) return undefined;
      waiting.shift();
      apply(next);
      return next;
    },
    settle: () => waiting.splice(0).forEach(apply),
    isConnected: (device) => connected.has(device),
    get connected() {
      const now = new Set(connected);
      for (const change of waiting) {
        if (change.connected) now.add(change.device);
        else now.delete(change.device);
      }
      return now.size;
    },
  };
}
