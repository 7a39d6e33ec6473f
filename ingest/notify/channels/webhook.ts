import { createHmac } from "node:crypto";
import type { ChannelConfigs, TemplateWord } from "#shared/plant/notification/channelSchemas.ts";
import type { OpenChannel, Outgoing } from "../channel.ts";
import { post } from "../http.ts";

/** The header `Pilotline-Signature: t=<s UTC>,v1=<hex HMAC-SHA256 of "<t>.<body>">`. */
export const signatureOf = (secret: string, atS: number, body: string): string =>
  `t=${atS},v1=${createHmac("sha256", secret).update(`${atS}.${body}`).digest("hex")}`;

function bodyOf(message: Outgoing, { template, contentType }: ChannelConfigs["webhook"]): string {
  const { id, to, address, title, text, priority, count, link, at, content } = message;
  if (template === undefined) {
    const { kind, items, counts, returned } = content;
    const alarms = items.map(({ status, isEscalated, hasReturned }) => ({ ...status, isEscalated, hasReturned }));
    return JSON.stringify({
      v: 1,
      id,
      kind,
      to: to.id,
      address,
      at,
      title,
      text,
      priority,
      count,
      returned,
      counts,
      link,
      alarms,
    });
  }
  const values: Readonly<Record<TemplateWord, string>> = {
    ...{ id, title, text, priority, to: to.id, address: address ?? "", kind: content.kind, link: link ?? "" },
    ...{ count: String(count), at: new Date(at).toISOString() },
  };
  const isJson = /\bjson\b/i.test(contentType);
  return template.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (whole, word: string) => {
    if (!Object.hasOwn(values, word)) return whole;
    const value = values[word as TemplateWord];
    return isJson ? JSON.stringify(value).slice(1, -1) : value;
  });
}

/** POSTs to a server of the plant's own; any answer in the two hundreds is a receipt. */
export const openWebhook: OpenChannel<ChannelConfigs["webhook"]> = async (config, env) => {
  const secret = config.secret && (await env.secret(config.secret));
  return {
    send: async (message, signal) => {
      const body = bodyOf(message, config);
      const headers = {
        "content-type": config.contentType,
        "idempotency-key": message.id,
        ...(secret ? { "pilotline-signature": signatureOf(secret, Math.floor(env.clock.now() / 1_000), body) } : {}),
      };
      await post({ url: config.url, headers, body }, env, signal);
    },
    [Symbol.asyncDispose]: async () => {},
  };
};
