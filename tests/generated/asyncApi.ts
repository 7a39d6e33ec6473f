import { type DerivedKind, derivedSchemas, derivedTopics } from "#shared/wire/derived.ts";

/** What each kind of derived message is for, and how the broker keeps it. */
const about: Readonly<
  Record<DerivedKind, { readonly summary: string; readonly qos: 0 | 1; readonly retain: boolean }>
> = {
  live: { summary: "Newest values of one equipment and its state, at most 4 a second.", qos: 0, retain: true },
  alarmEvent: { summary: "One line of the alarm journal.", qos: 1, retain: false },
  activeAlarms: { summary: "Every alarm that is not normal.", qos: 1, retain: true },
  indicators: { summary: "Newest figures, provisional.", qos: 0, retain: true },
  figures: { summary: "Figures of the day or month that runs, of the platform or a line.", qos: 0, retain: true },
  health: { summary: "How a part of the chain does.", qos: 0, retain: true },
  assessment: { summary: "The official version of a sealed assessment, with its seal.", qos: 1, retain: true },
  notification: {
    summary: "What a person is told of alarms, where the plant notifies over its broker.",
    qos: 1,
    retain: false,
  },
};

/** The topics of each kind, with their parameters in braces. */
const addresses: Readonly<Record<DerivedKind, readonly string[]>> = {
  live: [derivedTopics.live("{platform}", "{line}", "{equipment}")],
  alarmEvent: [derivedTopics.alarmEvent("{platform}")],
  activeAlarms: [derivedTopics.activeAlarms("{platform}")],
  indicators: [derivedTopics.indicators("{platform}", "{line}")],
  figures: (["day", "month"] as const).flatMap((kind) => [
    derivedTopics.figures("{platform}", kind),
    derivedTopics.figures("{platform}", kind, "{line}"),
  ]),
  health: [derivedTopics.health("{platform}", "{part}")],
  assessment: [derivedTopics.assessment("{platform}", "{period}")],
  notification: [derivedTopics.notification("{platform}", "{person}")],
};

/** AsyncAPI 3.0 of everything below `pilotline/v1/` that ingest derives. */
export function asyncApi(): string {
  const kinds = Object.keys(derivedSchemas) as DerivedKind[];
  const named = kinds.flatMap((kind) =>
    addresses[kind].map((address, i) => ({ kind, address, name: i === 0 ? kind : `${kind}${i + 1}` })),
  );
  const channels = named.map(({ kind, address, name }) => {
    const parameters = [...address.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter);
    return [
      name,
      {
        address,
        summary: about[kind].summary,
        messages: { [kind]: { $ref: `#/components/messages/${kind}` } },
        parameters: Object.fromEntries(parameters.map((parameter) => [parameter, {}])),
      },
    ];
  });
  const operations = named.map(({ kind, name }) => [
    name,
    {
      action: "send",
      channel: { $ref: `#/channels/${name}` },
      bindings: { mqtt: { qos: about[kind].qos, retain: about[kind].retain, bindingVersion: "0.2.0" } },
    },
  ]);
  const messages = kinds.map((kind) => [
    kind,
    { contentType: "application/json", summary: about[kind].summary, payload: derivedSchemas[kind] },
  ]);
  const document = {
    asyncapi: "3.0.0",
    info: {
      title: "Pilotline derived topics",
      version: "1",
      description:
        "JSON over MQTT 3.1.1, published by ingest. Keys may be added within a version; readers let them through.",
    },
    defaultContentType: "application/json",
    channels: Object.fromEntries(channels),
    operations: Object.fromEntries(operations),
    components: { messages: Object.fromEntries(messages) },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
