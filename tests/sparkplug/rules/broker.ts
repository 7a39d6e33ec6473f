import { type Rules, reasons } from "./rule.ts";

/** What the standard asks of an MQTT broker: chapter 10. */
export const brokerRules = {
  "conformance-mqtt-qos0": { role: "broker", rule: "Publish and subscribe at QoS 0." },
  "conformance-mqtt-qos1": { role: "broker", rule: "Publish and subscribe at QoS 1." },
  "conformance-mqtt-will-messages": { role: "broker", rule: "Wills, also retained and at QoS 1." },
  "conformance-mqtt-retained": { role: "broker", rule: "Retained messages." },
  "conformance-mqtt-aware-basic": { role: "broker", rule: "A Sparkplug aware broker.", unmet: reasons.notAware },
} as const satisfies Rules;
