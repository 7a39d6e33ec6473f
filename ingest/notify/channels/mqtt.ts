import type { ChannelConfigs } from "#shared/plant/notification/channelSchemas.ts";
import { derivedTopics, encodeDerived } from "#shared/wire/derived.ts";
import type { OpenChannel } from "../channel.ts";

/** The plant's own broker: an MES, a siren, a display. The broker's PUBACK is the receipt. */
export const openMqtt: OpenChannel<ChannelConfigs["mqtt"]> = async (_config, { publish, platform }) => ({
  send: async ({ id, to, at, title, text, priority, count, link, content }) => {
    const { kind, counts, returned, items } = content;
    const alarms = items.map(({ status }) => status.alarm);
    const head = { v: 1, id, to: to.id, at, kind, priority } as const;
    const message = { ...head, title, text, link, count, counts, returned, alarms };
    await publish(derivedTopics.notification(platform, to.id), encodeDerived("notification", message));
  },
  [Symbol.asyncDispose]: async () => {},
});
