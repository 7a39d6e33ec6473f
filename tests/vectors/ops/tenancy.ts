import { clipped } from "#shared/model/interval.ts";
import { attribute } from "../../../ingest/indicators/equipment/attribution.ts";
import { type BatchStatus, batchCompletion } from "../../../ingest/indicators/equipment/batches.ts";
import { bookingUse, noShows } from "../../../ingest/indicators/equipment/bookings.ts";
import { externalUse, sharingRate, type TenantRelation } from "../../../ingest/indicators/equipment/sharing.ts";
import type { Operation } from "../operations.ts";
import { byName, periods, span, spans, zone } from "./shapes.ts";

/** A booking without a status is confirmed. */
const confirmed = "confirmed";

export const tenancyOperations: Readonly<Record<string, Operation>> = {
  external_hours: (inputs) => {
    const runs = inputs
      .at("runs")
      .list()
      .map((run) => ({
        relation: (run.maybe("relation")?.text() ?? "unattributed") as TenantRelation,
        hours: run.at("h").number(),
      }));
    const shape = ({ numerator, value }: ReturnType<typeof externalUse>) => ({ external_h: numerator, value });
    return {
      affiliates_internal: shape(externalUse(runs, "internal")),
      affiliates_external: shape(externalUse(runs, "external")),
    };
  },
  sharing_rate: (inputs) => {
    const { numerator, denominator, value } = sharingRate(
      inputs
        .at("items")
        .list()
        .map((item) => ({
          externalH: item.at("external_h").number(),
          effectiveH: item.at("effective_h").number(),
        })),
    );
    return { external_h: numerator, effective_h: denominator, value };
  },
  bookings: (inputs) => {
    const booked = inputs
      .at("bookings")
      .list()
      .filter((item) => (item.maybe("status")?.text() ?? confirmed) === confirmed);
    const use = bookingUse(booked.map(span), spans(inputs.at("usage")));
    return {
      booked_h: use.bookedH,
      used_h: use.usedH,
      used_in_booked_h: use.usedInBookedH,
      fulfilment: use.fulfilment,
      unbooked_share: use.unbookedShare,
    };
  },
  no_show: (inputs) => {
    const bookings = inputs
      .at("bookings")
      .list()
      .map((item) => ({
        ...span(item),
        isConfirmed: item.at("status").text() === confirmed,
      }));
    const period = zone(inputs).period(inputs.at("period").text());
    const figures = noShows(bookings, spans(inputs.at("usage")), period, inputs.at("min_use_s").number());
    return { eligible: figures.eligible, no_shows: figures.noShows, value: figures.value };
  },
  attribution: (inputs) => {
    const uses = inputs
      .at("runs")
      .list()
      .map((run) => ({ ...span(run), key: run.maybe("project")?.text() ?? null }));
    const bookings = inputs
      .at("bookings")
      .list()
      .map((item) => ({ ...span(item), key: item.at("project").text() }));
    const { hours, totalH } = attribute(uses, bookings);
    return { hours: Object.fromEntries(hours), total_h: totalH };
  },
  tenant_hours: (inputs) => {
    const named = periods(zone(inputs), inputs.at("periods"));
    const uses = inputs
      .at("runs")
      .list()
      .map((run) => ({ ...span(run), key: run.maybe("tenant")?.text() ?? null }));
    return byName(
      named,
      named.map((period) => {
        const inside = uses.flatMap(({ key, ...use }) => clipped(use, period).map((part) => ({ ...part, key })));
        return Object.fromEntries(attribute(inside, []).hours);
      }),
    );
  },
  batches: (inputs) => {
    const batches = inputs
      .at("batches")
      .list()
      .map((batch) => ({
        status: batch.at("status").text() as BatchStatus,
        endedAt: batch.maybe("end")?.instant() ?? null,
      }));
    const figures = batchCompletion(batches, zone(inputs).period(inputs.at("period").text()));
    return {
      ended: figures.ended,
      completed: figures.completed,
      running: figures.running,
      completion_rate: figures.value,
    };
  },
};
