import type { ChannelConfig, ChannelConfigs, ChannelKind } from "#shared/plant/notification/channelSchemas.ts";
import type { Channel, ChannelEnv, OpenChannel } from "../channel.ts";
import { openDingtalk } from "./dingtalk.ts";
import { openFeishu } from "./feishu.ts";
import { openMail } from "./mail.ts";
import { openMqtt } from "./mqtt.ts";
import { openWebhook } from "./webhook.ts";
import { openWecom } from "./wecom.ts";

/** Every kind of channel. */
const kinds: { readonly [Kind in ChannelKind]: OpenChannel<ChannelConfigs[Kind]> } = {
  mail: openMail,
  webhook: openWebhook,
  dingtalk: openDingtalk,
  wecom: openWecom,
  feishu: openFeishu,
  mqtt: openMqtt,
};

/** Opens whichever channel the plant describes. */
export const openChannel = (config: ChannelConfig, env: ChannelEnv): Promise<Channel> =>
  (kinds[config.kind] as OpenChannel<ChannelConfig>)(config, env);
