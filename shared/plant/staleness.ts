import type { TagConfig } from "./tagSchema.ts";

/** A value is stale after this many heartbeats without news, where the tag says nothing else. */
const heartbeatsUntilStale = 3;

/** How old a value of the tag may be, in ms. */
export const staleAfterMsOf = (config: Pick<TagConfig, "staleAfterMs" | "heartbeatMs">): number =>
  config.staleAfterMs ?? heartbeatsUntilStale * config.heartbeatMs;
