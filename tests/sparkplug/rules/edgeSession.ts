import { type Rules, reasons } from "./rule.ts";

/** The session of an edge node: connecting, waiting for the host, leaving. Chapters 2, 4, 5 and 6. */
export const edgeSessionRules = {
  "principles-persistence-clean-session-311": { role: "edge", rule: "CONNECT asks for a clean session." },
  "principles-persistence-clean-session-50": {
    role: "edge",
    rule: "On MQTT 5: clean start and no session expiry.",
    unmet: reasons.mqtt5,
  },
  "principles-birth-certificates-order": { role: "both", rule: "The birth is the first publish of a session." },
  "message-flow-edge-node-birth-publish-connect": { role: "edge", rule: "A session stands before anything is sent." },
  "message-flow-edge-node-birth-publish-will-message": { role: "edge", rule: "Every CONNECT carries a will." },
  "message-flow-edge-node-birth-publish-will-message-topic": {
    role: "edge",
    rule: "The will is an NDEATH of the node.",
  },
  "message-flow-edge-node-birth-publish-will-message-payload": {
    role: "edge",
    rule: "The will's payload is that of an NDEATH.",
  },
  "message-flow-edge-node-birth-publish-will-message-payload-bdSeq": {
    role: "edge",
    rule: "Its bdSeq is an Int64 of 0 to 255, one more at every CONNECT.",
  },
  "message-flow-edge-node-birth-publish-will-message-qos": { role: "edge", rule: "The will: QoS 1." },
  "message-flow-edge-node-birth-publish-will-message-will-retained": {
    role: "edge",
    rule: "The will: not retained.",
  },
  "payloads-ndeath-will-message": { role: "edge", rule: "NDEATH is registered as the will." },
  "payloads-ndeath-will-message-qos": { role: "edge", rule: "NDEATH as the will: QoS 1." },
  "payloads-ndeath-will-message-retain": { role: "edge", rule: "NDEATH as the will: not retained." },
  "payloads-ndeath-seq": { role: "edge", rule: "NDEATH has no seq." },
  "payloads-ndeath-bdseq": { role: "edge", rule: "NDEATH has the bdSeq of its CONNECT." },
  "topics-ndeath-payload": { role: "edge", rule: "NDEATH has one metric, bdSeq." },
  "topics-ndeath-seq": { role: "edge", rule: "NDEATH has no seq." },
  "topics-nbirth-bdseq-included": { role: "edge", rule: "NBIRTH has a bdSeq." },
  "topics-nbirth-bdseq-matching": { role: "edge", rule: "It is that of the will of the same CONNECT." },
  "topics-nbirth-bdseq-increment": { role: "edge", rule: "It begins at 0 and is one more at every CONNECT." },
  "payloads-nbirth-bdseq": { role: "edge", rule: "NBIRTH has a metric bdSeq." },
  "payloads-nbirth-bdseq-repeat": { role: "edge", rule: "It repeats the will's." },
  "message-flow-edge-node-ncmd-subscribe": { role: "edge", rule: "NCMD is subscribed to at QoS 1, before the birth." },
  "message-flow-device-dcmd-subscribe": {
    role: "edge",
    rule: "DCMD is subscribed to where devices can be written to.",
    unmet: reasons.readsOnly,
  },
  "message-flow-edge-node-birth-publish-phid-wait": { role: "edge", rule: "The birth waits for the primary host." },
  "message-flow-edge-node-birth-publish-phid-wait-id": { role: "edge", rule: "It waits for that host and no other." },
  "message-flow-edge-node-birth-publish-phid-wait-online": { role: "edge", rule: "It waits for `online: true`." },
  "message-flow-edge-node-birth-publish-phid-wait-timestamp": {
    role: "edge",
    rule: "A STATE older than the newest one seen changes nothing.",
  },
  "message-flow-edge-node-birth-publish-phid-offline": {
    role: "edge",
    rule: "On a newer `online: false` the node sends NDEATH and disconnects.",
  },
  "operational-behavior-edge-node-termination-host-offline": {
    role: "edge",
    rule: "The host offline: NDEATH, then the connection ends.",
  },
  "operational-behavior-edge-node-termination-host-offline-reconnect": {
    role: "edge",
    rule: "Afterwards it connects again and waits for the host.",
  },
  "operational-behavior-edge-node-termination-host-offline-timestamp": {
    role: "edge",
    rule: "An offline older than the last STATE is ignored.",
  },
  "operational-behavior-edge-node-intentional-disconnect-ndeath": {
    role: "edge",
    rule: "Leaving on purpose, the node publishes NDEATH itself.",
  },
  "operational-behavior-edge-node-intentional-disconnect-packet": {
    role: "edge",
    rule: "DISCONNECT may follow, and then there is no will.",
  },
  "payloads-ndeath-will-message-publisher": { role: "edge", rule: "NDEATH comes before a disconnect on purpose." },
  "payloads-ndeath-will-message-publisher-disconnect-mqtt311": {
    role: "edge",
    rule: "On MQTT 3.1.1: NDEATH is published before DISCONNECT.",
  },
  "payloads-ndeath-will-message-publisher-disconnect-mqtt50": {
    role: "edge",
    rule: "On MQTT 5: DISCONNECT with the reason that sends the will.",
    unmet: reasons.mqtt5,
  },
  "operational-behavior-primary-application-state-with-multiple-servers-state-subs": {
    role: "edge",
    rule: "STATE is subscribed to on every broker.",
  },
  "operational-behavior-primary-application-state-with-multiple-servers-single-server": {
    role: "edge",
    rule: "Connected to one of several brokers at a time.",
  },
  "operational-behavior-primary-application-state-with-multiple-servers-walk": {
    role: "edge",
    rule: "The host offline: on to the next broker.",
  },
  "operational-behavior-edge-node-birth-sequence-wait": {
    role: "edge",
    rule: "The birth on the next broker waits for STATE there.",
  },
} as const satisfies Rules;
