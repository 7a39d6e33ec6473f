import { systemClock } from "#shared/kit/clock.ts";
import { CodedError } from "#shared/model/errors.ts";
import type { MessageContent } from "#shared/model/notification.ts";
import { instant } from "#shared/model/time.ts";
import type { ChannelConfig } from "#shared/plant/notification/channelSchemas.ts";
import type { Channel, ChannelEnv, Outgoing } from "../../ingest/notify/channel.ts";
import { openChannel } from "../../ingest/notify/channels/registry.ts";
import { render } from "../../ingest/notify/render.ts";
import { statusOf } from "./plant.ts";

export const at = instant(Date.UTC(2026, 10, 2, 1, 30));

export const alarmContent: MessageContent = {
  kind: "alarm",
  items: [
    {
      status: statusOf({ name: "反应釜超温", priority: "critical" }, "UNACK", at),
      isEscalated: false,
      hasReturned: false,
    },
  ],
  counts: { critical: 1 },
  returned: 0,
};

export function messageOf(address: string | undefined, more: Partial<Outgoing> = {}): Outgoing {
  const options = {
    timeZone: "Asia/Shanghai",
    pages: "https://pilot.example.cn",
    platform: { zh: "示范平台" },
  } as const;
  return {
    ...render(alarmContent, { ...options, language: "zh-CN", isRepeat: false }),
    id: "0b6f3a52",
    to: { id: "wang", name: { zh: "王工" } },
    address,
    priority: "critical",
    count: 1,
    at,
    content: alarmContent,
    ...more,
  };
}

/** Opens a channel as ingest does; secrets come from `secrets` by the names of their variables. */
export const open = (
  config: ChannelConfig,
  secrets: Readonly<Record<string, string>> = {},
  env: Partial<ChannelEnv> = {},
): Promise<Channel> =>
  openChannel(config, {
    clock: systemClock,
    fetch,
    secret: async ({ env: name = "" }) => {
      const secret = secrets[name];
      if (secret === undefined) throw new CodedError("CONFIG", `environment variable ${name} is not set.`);
      return secret;
    },
    readFile: async (path) => secrets[path] ?? "",
    publish: () => Promise.reject(new CodedError("NOT_CONNECTED", "there is no broker here.")),
    platform: "demo",
    ...env,
  });

/** What sending came to: `taken`, or the code of the refusal. */
export const outcomeOf = (channel: Channel, message: Outgoing): Promise<string> =>
  channel.send(message, new AbortController().signal).then(
    () => "taken",
    (error) => (error instanceof CodedError ? error.code : String(error)),
  );
