import type { Clock } from "#shared/kit/clock.ts";
import type { Log } from "#shared/kit/log.ts";
import type { Metrics } from "#shared/kit/metrics.ts";
import type { ErrorCode } from "#shared/model/errors.ts";
import type { Plant } from "#shared/plant/plant.ts";
import type { FactReader } from "#shared/store/facts/factReader.ts";
import type { SampleReader } from "#shared/store/port.ts";
import type { RecordsReader } from "#shared/store/records/port.ts";
import type { CommandRequest } from "#shared/wire/command/registry.ts";
import type { CommandReply, OutcomeOfEach } from "#shared/wire/commands.ts";
import type { Accounts } from "./accounts/accounts.ts";
import type { LiveState } from "./live/state.ts";

export type CommandOutcome =
  | { readonly outcome: "done"; readonly detail?: string; readonly outcomes?: readonly OutcomeOfEach[] }
  | {
      readonly outcome: "refused";
      readonly code: ErrorCode;
      readonly detail: string;
      readonly rows?: CommandReply["rows"] & {};
    };

/** Sends commands to ingest, which alone writes (D5). */
export interface Commands {
  /** Throws `NOT_CONNECTED` where the broker is away, `TIMEOUT` where ingest does not answer. */
  ask(request: CommandRequest): Promise<CommandOutcome>;
}

/** What the server needs of the world, handed in by `main.ts` or a test. */
export interface Dependencies {
  readonly plant: Plant;
  /** Where the plant model is written. */
  readonly plantFile: string;
  readonly accounts: Accounts;
  readonly samples: SampleReader;
  readonly records: RecordsReader;
  /** What ingest keeps of every equipment and day. */
  readonly facts: FactReader;
  readonly state: LiveState;
  readonly commands: Commands;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  /** PEM texts; null serves plain HTTP. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
  /** Scheme, host and port under which browsers reach the pages, where that is not the listening address. */
  readonly publicOrigin: string | null;
  /** Bearer token for `/metrics`, null for none. */
  readonly metricsToken: string | null;
  /** Bearer token with which a portal pulls assessments, null for none. */
  readonly portalToken: string | null;
  /** Folder of the documents behind declared items. */
  readonly evidence: string;
  /** Folder of the built pages. */
  readonly pages: string;
  /** A watch elsewhere is told that all is well, and raises its alarm when that stops. */
  readonly isWatched: boolean;
  /** Holds the first user's password until he changes it. */
  readonly firstUserFile: string;
}
