// What the fixture server says of the chain, its gaps and what it refused.

import { type Gap, gapCauses, tagId } from "#shared/model/sample.ts";
import { type EpochMs, instant } from "#shared/model/time.ts";
import type { GapsAnswer, HealthAnswer, LettersAnswer } from "../../dashboard/web/api/systemApi.ts";

const ago = (now: EpochMs, ms: number): EpochMs => instant(now - ms);

/** A host and two gateways: one with a lost device, one that is silent. */
export function fixtureHealth(now: EpochMs): HealthAnswer {
  const device = { tags: 12, certificateDaysLeft: null, lastError: null, badTags: 0, cadence: 1, latencyP99Ms: 8 };
  return {
    state: "degraded",
    parts: [
      {
        part: "gateway-edge-1",
        at: ago(now, 900),
        state: "degraded",
        newest: { "fine-chemical": ago(now, 700) },
        details: { devices: 2, devicesConnected: 1, outboxFill: 0.02, outboxBytes: 1_572_864, isDurable: true },
        devices: [
          {
            ...device,
            id: "plc-1",
            protocol: "opcua",
            connection: "connected",
            since: ago(now, 86_400_000),
            lastData: now,
          },
          {
            ...device,
            ...{ id: "meter-1", protocol: "modbus", connection: "lost", since: ago(now, 65_000) },
            ...{
              lastData: ago(now, 66_000),
              badTags: 12,
              lastError: "NOT_CONNECTED: 10.0.0.7:502 refuses connections.",
            },
          },
        ],
      },
      { part: "gateway-edge-2", at: ago(now, 120_000), state: "ok", newest: {}, details: { devices: 3 } },
      {
        part: "ingest",
        at: ago(now, 300),
        state: "ok",
        newest: { "fine-chemical": ago(now, 900) },
        details: { waitingBatches: 2, storeOutageSince: null, unsavedAlarmEvents: 0, "notification.dingtalk": "ok" },
      },
    ],
  };
}

export function fixtureGaps(now: EpochMs, cause: string | null): GapsAnswer {
  const gaps = gapCauses.slice(0, 6).map((each, i): Gap => {
    const tag = tagId({ platform: "demo", line: "fine-chemical", equipment: "reactor", tag: "temperature" });
    const isLost = each.startsWith("outbox");
    return {
      tag,
      from: ago(now, (i + 1) * 3_600_000),
      to: i === 0 ? null : ago(now, i * 3_400_000),
      cause: each,
      lost: isLost ? 120 : null,
    };
  });
  const found = gaps.filter((gap) => cause === null || gap.cause === cause);
  return { gaps: found, total: found.length };
}

export const fixtureLetters = (now: EpochMs): LettersAnswer => ({
  letters: [
    {
      ...{ id: 7, lastReceivedAt: ago(now, 5_000), times: 3, bytes: 312 },
      ...{ topic: "spBv1.0/demo/DDATA/edge-1/plc-1", reason: "MALFORMED: the payload is cut off at byte 311." },
    },
  ],
  totals: { letters: 1, times: 3, bytes: 312 },
});

export const fixtureSource = { file: "plant.yaml", text: "platform:\n  id: demo\nlines:\n  - id: fine-chemical\n" };
