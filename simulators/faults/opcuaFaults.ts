import { choice, decimal, optional, text, usually, whole } from "./keys.ts";

const tag = optional(
  text("Only this node, `<line>.<equipment>.<tag>`; a `*` at its end stands for any rest. Every node where absent."),
);

/** Encoding ids of the requests that can be refused (IEC 62541-6, NodeIds of the binary encodings). */
export const services = {
  createSession: 461,
  activateSession: 467,
  browse: 527,
  read: 631,
  historyRead: 664,
  createMonitoredItems: 751,
  createSubscription: 787,
  modifySubscription: 793,
  publish: 826,
  republish: 832,
  transferSubscriptions: 841,
} as const;
export type Service = keyof typeof services;

/** StatusCodes of a refused service (IEC 62541-4 and -6, table of StatusCodes). */
export const refusals = {
  BadTimeout: 0x800a_0000,
  BadServiceUnsupported: 0x800b_0000,
  BadTooManyOperations: 0x8010_0000,
  BadSessionIdInvalid: 0x8025_0000,
  BadSessionClosed: 0x8026_0000,
  BadSubscriptionIdInvalid: 0x8028_0000,
  BadTooManySessions: 0x8056_0000,
  BadTooManySubscriptions: 0x8077_0000,
  BadTooManyPublishRequests: 0x8078_0000,
  BadNoSubscription: 0x8079_0000,
  BadMessageNotAvailable: 0x807b_0000,
} as const;

/** StatusCodes of a value, with the bits that go beyond them (IEC 62541-4, 7.39). */
export const valueStatuses = {
  Good: 0,
  GoodOverflow: 0x0000_0480,
  GoodLimitLow: 0x0000_0500,
  GoodLimitHigh: 0x0000_0600,
  GoodClamped: 0x0030_0000,
  GoodLocalOverride: 0x0096_0000,
  UncertainLastUsableValue: 0x4090_0000,
  UncertainSensorNotAccurate: 0x4093_0000,
  UncertainSubNormal: 0x4095_0000,
  BadNoCommunication: 0x8031_0000,
  BadWaitingForInitialData: 0x8032_0000,
  BadOutOfService: 0x808d_0000,
  BadNotConnected: 0x808a_0000,
  BadDeviceFailure: 0x808b_0000,
  BadSensorFailure: 0x808c_0000,
} as const;

const namesOf = <T extends string>(table: Readonly<Record<T, number>>) => Object.keys(table) as T[];

/** What an OPC UA server can do wrong. What concerns values shows from the next reading on. */
export const opcuaFaults = {
  "opcua.restart": {
    help: "The server is down while the step lasts, and then another one: sessions and subscriptions are gone.",
    keys: {
      namespaces: usually(
        choice(
          "shifted: another namespace takes the index, with nodes of the same names whose value is -999 or its text.",
          ["same", "shifted"],
        ),
        "same",
      ),
      nodes: usually(choice("renamed: every node id has changed, `-2` stands behind it.", ["same", "renamed"]), "same"),
    },
  },
  "opcua.frozen": { help: "Values stand still; the subscription lives.", keys: { tag } },
  "opcua.mute": { help: "No publish response arrives; everything else works.", keys: {} },
  "opcua.silent": { help: "Nothing of what the server says arrives; connections stay open.", keys: {} },
  "opcua.cut": { help: "All connections end with a reset; new ones are taken.", keys: {} },
  "opcua.status": {
    help: "Values carry a status code. A bad one keeps its number on the wire, as some servers do.",
    keys: { tag, status: choice("The status code.", namesOf(valueStatuses)) },
  },
  "opcua.refuse": {
    help: "A service is refused.",
    keys: {
      service: choice("The service.", namesOf(services)),
      status: choice("The status code of the refusal.", namesOf(refusals)),
    },
  },
  "opcua.kill": {
    help: "The server ends all sessions or all subscriptions and says nothing.",
    keys: { what: choice("What ends.", ["sessions", "subscriptions"]) },
  },
  "opcua.clock": {
    help: "The server's clock is wrong: source times and its CurrentTime.",
    keys: { offsetS: decimal("How far it is ahead, in seconds; negative is behind.", -1e9, 1e9) },
  },
  "opcua.flood": {
    help: "One number changes very often.",
    keys: {
      tag: text("The node, `<line>.<equipment>.<tag>`."),
      perSecond: usually(whole("Changes per second.", 1, 100_000), 10_000),
    },
  },
} as const;
