import type { GapCause, TagId } from "#shared/model/sample.ts";
import type { EpochMs } from "#shared/model/time.ts";
import type { Plant } from "#shared/plant/plant.ts";
import { plantTags } from "#shared/plant/select.ts";

export interface GapWatchParts {
  readonly plant: Plant;
  readonly host: {
    causeOfSilence(node: { group: string; edge: string }, device: string, tag: TagId): GapCause;
  };
  readonly live: { heardAt(tag: TagId): EpochMs };
  readonly gaps: {
    isOpen(tag: TagId): boolean;
    open(tags: readonly TagId[], at: EpochMs, causeOf: (tag: TagId) => GapCause): void;
  };
  /** While the store is away everything waits for it: silence there says nothing of the source. */
  readonly isStoreAway: () => boolean;
}

export interface GapWatch {
  /** Since when messages come in; null while there is no session with the broker. */
  listen(since: EpochMs | null): void;
  /** Opens a gap for each tag of the plant that has been silent for longer than it may. */
  look(now: EpochMs): void;
}

/** Notices silence that nobody announced: a gateway that never came back, a tag that no gateway reads. */
export function createGapWatch({ plant, host, live, gaps, isStoreAway }: GapWatchParts): GapWatch {
  const tags = plantTags(plant);
  const byId = new Map(tags.map((tag) => [tag.id, tag]));
  const group = plant.platform.id;
  let listeningSince: EpochMs | null = null;
  const causeOf = (id: TagId): GapCause => {
    const device = byId.get(id)?.device;
    return device ? host.causeOfSilence({ group, edge: device.gateway }, device.id, id) : "not_configured";
  };
  return {
    listen: (since) => {
      listeningSince = since;
    },
    look: (now) => {
      const since = listeningSince;
      if (since === null || isStoreAway()) return;
      const isSilent = (id: TagId, gapAfterMs: number): boolean =>
        now - Math.max(since, live.heardAt(id)) > gapAfterMs && !gaps.isOpen(id);
      const silent = tags.filter(({ id, info }) => isSilent(id, info.gapAfterMs)).map(({ id }) => id);
      if (silent.length > 0) gaps.open(silent, since, causeOf);
    },
  };
}
