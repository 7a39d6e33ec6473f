import { CodedError } from "#shared/model/errors.ts";
import type { ChannelConfig } from "#shared/plant/notification/channelSchemas.ts";
import type { Channel, ChannelEnv } from "./channel.ts";
import { openChannel } from "./channels/registry.ts";

/** The plant's channels, each opened when it is first used. One that cannot be opened is tried anew at its next use. */
export interface Channels extends AsyncDisposable {
  readonly names: readonly string[];
  /** Throws `CONFIG` where a secret is missing, `NOT_FOUND` for a name that the plant has not. */
  open(name: string): Promise<Channel>;
}

export function createChannels(configs: readonly ChannelConfig[], env: ChannelEnv): Channels {
  const known = new Map(configs.map((config) => [config.id, config]));
  const opened = new Map<string, Promise<Channel>>();
  return {
    names: configs.map(({ id }) => id),
    open: (name) => {
      const there = opened.get(name);
      if (there) return there;
      const config = known.get(name);
      if (!config) return Promise.reject(new CodedError("NOT_FOUND", `plant.yaml has no channel \`${name}\`.`));
      const opening = openChannel(config, env);
      opened.set(name, opening);
      opening.catch(() => opened.delete(name));
      return opening;
    },
    [Symbol.asyncDispose]: async () => {
      for (const opening of opened.values())
        await opening.then(
          (channel) => channel[Symbol.asyncDispose](),
          () => undefined,
        );
    },
  };
}
