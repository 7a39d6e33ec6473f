import { birthRules } from "./births.ts";
import { brokerRules } from "./broker.ts";
import { dataRules } from "./data.ts";
import { edgeSessionRules } from "./edgeSession.ts";
import { hostRules } from "./host.ts";
import type { Rules } from "./rule.ts";
import { topicRules } from "./topics.ts";

/** The rules by chapter heading of the page. */
export const chapters = {
  "Topics and ids": topicRules,
  "Session of the edge node": edgeSessionRules,
  "Births and deaths": birthRules,
  "Data and values": dataRules,
  "Host application": hostRules,
  Broker: brokerRules,
} as const satisfies Readonly<Record<string, Rules>>;

type KeysOf<T> = T extends unknown ? keyof T : never;

/** Ids of the rules that a test can name. */
export type TckId = KeysOf<(typeof chapters)[keyof typeof chapters]>;
