/** A device's connection came or went, after the batch `after` of this start. */
export interface DeviceChange {
  readonly device: string;
  readonly connected: boolean;
  readonly after: number;
}

/**
 * Which devices are connected, and which of them the host takes for alive. A change waits until the batches before it
 * are sent. A lost device dies for the host (DDEATH) only when nothing of it is on its way any more, since a host
 * forgets the metrics of a dead device and could not read what comes late; its tags are bad long before.
 */
export interface Presence {
  changed(change: DeviceChange): void;
  /** A device is acquired from now on; it is neither lost nor dying until its first attempt has an outcome. */
  expect(device: string): void;
  isConnected(device: string): boolean;
  /** The next device that is connected, after the batches before number `nextLive`: it has to be born. */
  takeConnected(nextLive: number): string | undefined;
  /** Takes all changes at once: a birth of the node tells the newest state. */
  settle(): void;
  /** The device was born for the host. */
  born(device: string): void;
  /** Devices that are lost but not dead for the host; `died` when they are. */
  readonly dying: readonly string[];
  died(device: string): void;
  isDead(device: string): boolean;
  /** How many devices are connected now. */
  readonly connected: number;
}

/** `devices` are those that are acquired: until the first attempt has an outcome they are neither lost nor dying. */
export function createPresence(devices: readonly string[]): Presence {
  const undecided = new Set(devices);
  const connected = new Set<string>();
  const dying = new Set<string>();
  const dead = new Set<string>();
  const waiting: DeviceChange[] = [];
  const apply = (change: DeviceChange) => {
    undecided.delete(change.device);
    if (change.connected) {
      connected.add(change.device);
      dying.delete(change.device);
    } else {
      connected.delete(change.device);
      dying.add(change.device);
    }
  };
  const connectedNow = () => {
    const now = new Set(connected);
    for (const change of waiting) {
      if (change.connected) now.add(change.device);
      else now.delete(change.device);
    }
    return now;
  };
  return {
    changed: (change) => waiting.push(change),
    expect: (device) => undecided.add(device),
    isConnected: (device) => connectedNow().has(device),
    takeConnected: (nextLive) => {
      for (;;) {
        const next = waiting[0];
        if (!next || next.after >= nextLive) return undefined;
        waiting.shift();
        apply(next);
        if (next.connected) return next.device;
      }
    },
    settle: () => waiting.splice(0).forEach(apply),
    born: (device) => {
      dead.delete(device);
      if (!connected.has(device) && !undecided.has(device)) dying.add(device);
    },
    get dying() {
      return [...dying];
    },
    died: (device) => {
      dying.delete(device);
      dead.add(device);
    },
    isDead: (device) => dead.has(device),
    get connected() {
      return connectedNow().size;
    },
  };
}
