import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { CodedError, messageOf } from "#shared/model/errors.ts";
import type { SecretRef } from "#shared/plant/notification/channelSchemas.ts";
import type { ChannelEnv } from "./channel.ts";

/** Reads what plant.yaml names: environment variables, and files as seen from its folder. */
export function secretsOf(
  env: Readonly<Record<string, string | undefined>>,
  folder: string,
): Pick<ChannelEnv, "secret" | "readFile"> {
  const read = async (path: string): Promise<string> => {
    try {
      return await readFile(resolve(folder, path), "utf8");
    } catch (error) {
      throw new CodedError("CONFIG", `a file that \`notification\` names cannot be read: ${messageOf(error)}.`);
    }
  };
  return {
    readFile: read,
    secret: async ({ env: name, file }: SecretRef) => {
      const text = file === undefined ? env[name ?? ""] : await read(file);
      const secret = text?.trim();
      if (secret) return secret;
      const where = file === undefined ? `environment variable ${name} is not set` : `file ${file} is empty`;
      throw new CodedError("CONFIG", `${where}; \`notification\` in plant.yaml takes a secret from it.`);
    },
  };
}
