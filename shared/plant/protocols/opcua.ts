import { type Static, Type } from "typebox";

const closed = { additionalProperties: false } as const;

/** Security policies of IEC 62541-7 that are not withdrawn; `none` neither signs nor encrypts. */
export const securityPolicies = ["none", "Basic256Sha256", "Aes128_Sha256_RsaOaep", "Aes256_Sha256_RsaPss"] as const;

const User = Type.Union(
  [
    Type.Object(
      { type: Type.Literal("anonymous", { description: "No user." }) },
      { ...closed, description: "No user." },
    ),
    Type.Object(
      {
        type: Type.Literal("password", { description: "User name and password." }),
        name: Type.String({ minLength: 1, description: "User name." }),
        password: Type.String({
          // biome-ignore lint/suspicious/noTemplateCurlyInString: what is written in the file.
          description: "Password; take it from the environment: ${NAME}. Refused where the channel does not encrypt.",
        }),
      },
      { ...closed, description: "User name and password." },
    ),
    Type.Object(
      {
        type: Type.Literal("certificate", { description: "User certificate." }),
        certificate: Type.String({ minLength: 1, description: "File of the certificate, PEM or DER." }),
        privateKey: Type.String({ minLength: 1, description: "File of its private key, PEM." }),
      },
      { ...closed, description: "User certificate." },
    ),
  ],
  { default: { type: "anonymous" }, description: "Who the gateway is for the server." },
);

export const OpcuaConnection = Type.Object(
  {
    endpoint: Type.String({
      pattern: "^opc\\.tcp://",
      description: "Endpoint URL, for example opc.tcp://10.0.0.5:4840.",
    }),
    security: Type.Enum(securityPolicies, {
      description:
        "Security policy. `none` must be written out: the connection is neither signed nor encrypted, which is a standing warning.",
    }),
    mode: Type.Enum(["Sign", "SignAndEncrypt"], {
      default: "SignAndEncrypt",
      description: "Security mode with every policy but `none`.",
    }),
    user: User,
    clockToleranceMs: Type.Integer({
      default: 5_000,
      minimum: 100,
      maximum: 86_400_000,
      description: "A source whose clock is off by more makes its values uncertain, CLOCK_SUSPECT; in milliseconds.",
    }),
  },
  { ...closed, description: "Connection of an OPC UA server." },
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
      description:
        "Sampling interval that is asked of the server, in milliseconds, where a tag names none; 0 asks for every change.",
    }),
    deadband: Type.Enum(["server", "gateway"], {
      default: "server",
      description:
        "Who drops changes within a tag's deadband. server: saves traffic, where the server can. gateway: also keeps the last value before a change.",
    }),
    itemsPerCall: Type.Integer({
      default: 200,
      minimum: 1,
      maximum: 10_000,
      description: "Most monitored items per call, below the server's own limit; some PLCs are slow above 200.",
    }),
    backfill: Type.Boolean({
      default: true,
      description: "Fill the time of a lost connection from the server's history, where it keeps one.",
    }),
  },
  { ...closed, description: "How the server is subscribed." },
);

const nodePattern = "^(nsu=[^;]+;)?[isgb]=.+$";

export const OpcuaAddress = Type.Object(
  {
    node: Type.Optional(
      Type.String({
        pattern: nodePattern,
        description:
          "Node id with the namespace by URI: nsu=<uri>;s=<name>. Without nsu the standard namespace is meant.",
      }),
    ),
    events: Type.Optional(
      Type.String({
        pattern: nodePattern,
        description:
          "Instead of node: a notifier whose alarms and conditions (IEC 62541-9) become the values of a string tag, as JSON; i=2253 is the whole server.",
      }),
    ),
  },
  { ...closed, description: "A variable of the server, or a source of its alarms." },
);

export type OpcuaConnection = Static<typeof OpcuaConnection>;
export type OpcuaUser = OpcuaConnection["user"];
export type OpcuaPolling = Static<typeof OpcuaPolling>;
/** Of a checked plant: exactly one of the two keys is there. */
export type OpcuaAddress =
  | { readonly node: string; readonly events?: undefined }
  | { readonly events: string; readonly node?: undefined };
