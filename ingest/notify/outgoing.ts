import type { Message } from "#shared/model/notification.ts";
import type { Reach } from "#shared/plant/notification/schema.ts";
import type { Plant } from "#shared/plant/plant.ts";
import type { Outgoing } from "./channel.ts";
import { priorityOf } from "./grouping.ts";
import { render } from "./render.ts";
import type { Routing } from "./routing.ts";

/** A message in the words of its person, for the channel of a way. */
export function outgoing(
  message: Message,
  { address }: Reach,
  { name, timeZone }: Plant["platform"],
  { config, person }: Pick<Routing, "config" | "person">,
): Outgoing {
  const { id, content, createdAt, tries } = message;
  const known = person(message.person);
  const language = known?.language ?? "zh-CN";
  const isRepeat = tries.isInDoubt;
  return {
    ...render(content, { language, timeZone, pages: config.pages, platform: name, isRepeat }),
    id,
    to: { id: message.person, name: known?.name ?? { zh: message.person } },
    address,
    priority: priorityOf(content),
    count: Object.values(content.counts).reduce((sum, count) => sum + count, 0),
    at: createdAt,
    content,
  };
}
