import type { DurationMs } from "#shared/model/time.ts";
import type { Framing } from "./frames/framing.ts";
import type { OpenLine } from "./transports/byteLine.ts";

/** What tells one shared line from another. */
export interface LineSetup {
  /** For messages: `host:port` or the path of the port. */
  readonly where: string;
  readonly framing: Framing;
  readonly open: OpenLine;
  /** Most requests on their way at once; 1 where the framing has no transactions. */
  readonly inFlight: number;
  /** Silence that the line needs before a request. */
  readonly gap: DurationMs;
  /** A new connection brings no answers to requests of the earlier one; a serial line is always the same. */
  readonly forgetsByReopening: boolean;
}
