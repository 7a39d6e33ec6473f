import type { Booking } from "#shared/model/booking.ts";
import { clipped, type Interval } from "#shared/model/interval.ts";
import type { Recorded } from "#shared/model/revision.ts";
import type { Run } from "#shared/model/run.ts";
import { instant } from "#shared/model/time.ts";
import { type KeyedInterval, type Use, unattributed } from "../indicators/equipment/attribution.ts";

/** Whom time, energy and alarms are attributed to. */
export interface Owner {
  readonly tenant: string | null;
  readonly project: string | null;
  readonly run: string | null;
}

/** Runs and bookings of one equipment, and the register by which a project says its tenant. */
export interface Claims {
  readonly runs: readonly Recorded<Run>[];
  readonly bookings: readonly Recorded<Booking>[];
  readonly tenantOfProject: (project: string) => string | null;
}

const keyOf = ({ tenant, project, run }: Owner): string => JSON.stringify([tenant, project, run]);

export function ownerOf(key: string): Owner {
  if (key === unattributed) return { tenant: null, project: null, run: null };
  const [tenant = null, project = null, run = null] = JSON.parse(key) as (string | null)[];
  return { tenant, project, run };
}

/** Runs within `span`, with their keys; one that names nobody has none, and its booking speaks for it. */
export function runUses({ runs, tenantOfProject }: Claims, span: Interval): readonly Use[] {
  return runs.flatMap((run) => {
    const { id, project, from } = run;
    const tenant = run.tenant ?? (project === null ? null : tenantOfProject(project));
    const key = tenant === null && project === null ? null : keyOf({ tenant, project, run: id });
    const lasts = { from, to: instant(run.to ?? span.to) };
    return lasts.to > from ? clipped(lasts, span).map((part) => ({ ...part, key })) : [];
  });
}

export const bookedTimes = ({ bookings }: Claims, span: Interval): readonly KeyedInterval[] =>
  bookings
    .filter(({ state }) => state === "confirmed")
    .flatMap((booking) => {
      const key = keyOf({ tenant: booking.tenant, project: booking.project, run: null });
      return clipped(booking, span).map((part) => ({ ...part, key }));
    });
