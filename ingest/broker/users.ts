/** What a broker user is; the role decides its rights, see `rights.ts`. */
export const brokerRoles = ["ingest", "dashboard", "observer", "gateway"] as const;
export type BrokerRole = (typeof brokerRoles)[number];

/** A broker user. `gateway` is the gateway's id (the Sparkplug edge node id) for that role, else null. */
export interface BrokerUser {
  readonly username: string;
  readonly role: BrokerRole;
  readonly gateway: string | null;
}

/** The user of a gateway, and the name of its credential file. */
export const gatewayUsername = (gatewayId: string): string => `gateway-${gatewayId}`;

/** Every user that a platform with these gateways needs. */
export function wantedUsers(gatewayIds: readonly string[]): readonly BrokerUser[] {
  return [
    { username: "ingest", role: "ingest", gateway: null },
    { username: "dashboard", role: "dashboard", gateway: null },
    { username: "observer", role: "observer", gateway: null },
    ...gatewayIds.map((id): BrokerUser => ({ username: gatewayUsername(id), role: "gateway", gateway: id })),
  ];
}
