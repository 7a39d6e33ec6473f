import type { BrokerRole, BrokerUser } from "./users.ts";

/** Topic patterns in MQTT filter syntax; whatever none of them covers is refused. */
export interface Rights {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

const nodeTypes = ["NBIRTH", "NDEATH", "NDATA"] as const;
const deviceTypes = ["DBIRTH", "DDEATH", "DDATA"] as const;

/**
 * Rights per role (D14), after the per-node pattern of Sparkplug 3.0, chapter 7. A gateway speaks only as itself, and
 * only ingest sends commands to gateways or says STATE.
 */
const rightsOf: Record<BrokerRole, (platform: string, gateway: string) => Rights> = {
  ingest: () => ({ publish: ["#"], subscribe: ["#"] }),
  dashboard: (platform) => ({
    publish: [`pilotline/v1/${platform}/command/+`, `pilotline/v1/${platform}/health/dashboard`],
    subscribe: ["pilotline/v1/#"],
  }),
  observer: () => ({ publish: [], subscribe: ["spBv1.0/#", "pilotline/v1/#"] }),
  gateway: (platform, gateway) => ({
    publish: [
      ...nodeTypes.map((type) => `spBv1.0/${platform}/${type}/${gateway}`),
      ...deviceTypes.map((type) => `spBv1.0/${platform}/${type}/${gateway}/+`),
      `pilotline/v1/${platform}/health/gateway-${gateway}`,
    ],
    subscribe: [`spBv1.0/${platform}/NCMD/${gateway}`, `spBv1.0/${platform}/DCMD/${gateway}/#`, "spBv1.0/STATE/#"],
  }),
};

/** Whether everything that `filter` (or plain topic) matches is matched by `pattern` too. */
export function covers(pattern: string, filter: string): boolean {
  const wanted = pattern.split("/");
  const asked = filter.split("/");
  for (const [i, level] of wanted.entries()) {
    if (level === "#") return true;
    const other = asked[i];
    if (other === undefined || other === "#") return false;
    if (level !== "+" && level !== other) return false;
  }
  return asked.length === wanted.length;
}

/** `$SYS` tells of other clients; `$share` is granted by Aedes but never delivers. */
const isReserved = (topic: string): boolean => topic.startsWith("$");

/** The patterns that a user may publish to and subscribe to. */
export const rights = (user: BrokerUser, platform: string): Rights => rightsOf[user.role](platform, user.gateway ?? "");

export const mayPublish = (user: BrokerUser, platform: string, topic: string): boolean =>
  !isReserved(topic) && rights(user, platform).publish.some((pattern) => covers(pattern, topic));

export const maySubscribe = (user: BrokerUser, platform: string, filter: string): boolean =>
  !isReserved(filter) && rights(user, platform).subscribe.some((pattern) => covers(pattern, filter));
