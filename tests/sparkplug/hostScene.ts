// Ingest as it runs, on a broker that notes what it says.
import type { DurationMs } from "#shared/model/time.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { type BrokerAccess, type Rig, startRig } from "../ingest/rig.ts";
import { type Published, startWireTap, type WireTap } from "./wireTap.ts";

/** Client id of ingest, and its STATE. */
export const hostClient = "ingest-host-demo";
export const hostTopic = "spBv1.0/STATE/pilotline-demo";

export interface HostScene {
  readonly tap: WireTap;
  readonly rig: Rig;
}

export async function withHostScene(
  body: (scene: HostScene) => Promise<void>,
  options: { readonly reorderTimeout?: DurationMs } = {},
): Promise<void> {
  await using folder = await temporaryFolder();
  await using tap = await startWireTap();
  const broker: BrokerAccess = { url: tap.url, credential: async (username) => ({ username, password: "not asked" }) };
  await using rig = await startRig(folder.path, { broker, ...options });
  await body({ tap, rig });
}

/** What the host published on its STATE. */
export const states = (tap: WireTap): readonly (Published & { readonly json: unknown })[] =>
  tap
    .of(hostClient)
    .flatMap((one) =>
      one.kind === "publish" && one.topic === hostTopic
        ? [{ ...one, json: JSON.parse(Buffer.from(one.payload).toString()) }]
        : [],
    );
