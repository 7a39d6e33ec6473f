import { type Static, Type } from "typebox";

/** Connection of an OPC UA device. Security modes beyond `none` come with the acquisition issue. */
export const OpcuaConnection = Type.Object(
  {
    endpoint: Type.String({
      pattern: "^opc\\.tcp://",
      description: "Endpoint URL, for example opc.tcp://10.0.0.5:4840.",
    }),
    security: Type.Literal("none", {
      description:
        "Security policy and mode. `none` must be written out: the connection is neither signed nor encrypted.",
    }),
  },
  { additionalProperties: false, description: "Connection of an OPC UA server." },
);

export const OpcuaPolling = Type.Object(
  {
    publishMs: Type.Integer({
      default: 1_000,
      minimum: 50,
      maximum: 600_000,
      description: "Publishing interval of the subscription, in milliseconds.",
    }),
    samplingMs: Type.Integer({
      default: 500,
      minimum: 0,
      maximum: 600_000,
      description: "Sampling interval that is asked of the server, in milliseconds; 0 asks for every change.",
    }),
  },
  { additionalProperties: false, description: "How the server is subscribed." },
);

export const OpcuaAddress = Type.Object(
  {
    node: Type.String({
      pattern: "^(nsu=[^;]+;)?[isgb]=.+$",
      description:
        "Node id with the namespace by URI: nsu=<uri>;s=<name>. Without nsu the standard namespace is meant.",
    }),
  },
  { additionalProperties: false, description: "A variable of the server." },
);

export type OpcuaConnection = Static<typeof OpcuaConnection>;
export type OpcuaPolling = Static<typeof OpcuaPolling>;
export type OpcuaAddress = Static<typeof OpcuaAddress>;
