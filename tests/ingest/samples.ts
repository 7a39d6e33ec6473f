import type { ErrorCode } from "../../shared/model/errors.ts";
import type { Sample, TagId, TagValue } from "../../shared/model/sample.ts";
import { instant } from "../../shared/model/time.ts";

/** A tag of the test plant by `<line>/<equipment>/<tag>`. */
export const tag = (path: string): TagId => `demo/${path}` as TagId;

export const good = (path: string, at: number, value: TagValue): Sample => ({
  tag: tag(path),
  at: instant(at),
  quality: "good",
  value,
});

export const bad = (path: string, at: number, reason: ErrorCode = "TIMEOUT"): Sample => ({
  tag: tag(path),
  at: instant(at),
  quality: "bad",
  value: null,
  reason,
});
