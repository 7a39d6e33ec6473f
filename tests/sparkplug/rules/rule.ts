/** Whose duty a rule is: the gateway's (edge node), ingest's (host application), both, or the embedded broker's. */
export type Role = "edge" | "host" | "both" | "broker";

/** One rule of Sparkplug 3.0 by its tck-id, in our own words. */
export interface TckRule {
  readonly role: Role;
  readonly rule: string;
  /** Why no test shows it: it is not met, or asks nothing of us. Every other rule has a test. */
  readonly unmet?: string;
}

export type Rules = Readonly<Record<string, TckRule>>;

/** Reasons that several rules share. */
export const reasons = {
  mqtt5: "Not applicable: both ends speak MQTT 3.1.1, which every MQTT 5 broker understands.",
  readsOnly: "Not applicable: monitoring only, nothing is ever written to a device (D13).",
  noTemplates: "Not applicable: no templates are sent. Templates of others are decoded; they are no samples.",
  noDataSets: "Not applicable: no data sets are sent. Those of others are decoded; they are no samples.",
  notAware: "Not met, and optional: the embedded broker is Sparkplug compliant, not Sparkplug aware.",
} as const;
