import { createHmac } from "node:crypto";
import type { ChannelConfigs } from "#shared/plant/notification/channelSchemas.ts";
import type { OpenChannel } from "../channel.ts";
import { cutToBytes } from "../render.ts";
import { plainText, postToRobot, type RobotAnswers, robotUrl } from "./robot.ts";

/** Codes of open.dingtalk.com, custom robots. 310000: signature, key word or address of the sender do not fit. */
const answers: RobotAnswers = {
  code: ["errcode"],
  text: ["errmsg"],
  verdicts: {
    [-1]: "retry",
    130101: "retry",
    410100: "retry",
    310000: "channel",
    300001: "channel",
    300005: "channel",
    400013: "channel",
    400101: "channel",
    400102: "channel",
  },
};
const mostBytes = 18_000;

/** Base64 of HMAC-SHA256 with the secret over `<ms>\n<secret>`. */
export const dingtalkSign = (secret: string, atMs: number): string =>
  createHmac("sha256", secret).update(`${atMs}\n${secret}`).digest("base64");

/** A robot of a DingTalk group; the address is the mobile number of whoever is mentioned. */
export const openDingtalk: OpenChannel<ChannelConfigs["dingtalk"]> = async (config, env) => {
  const url = robotUrl(await env.secret(config.url), config.id);
  const secret = config.secret && (await env.secret(config.secret));
  return {
    send: async (message, signal) => {
      const signed = new URL(url);
      if (secret) {
        const at = env.clock.now();
        signed.searchParams.set("timestamp", String(at));
        signed.searchParams.set("sign", dingtalkSign(secret, at));
      }
      const mention = message.address === undefined ? "" : `\n@${message.address}`;
      const body = {
        msgtype: "text",
        text: { content: cutToBytes(plainText(message), mostBytes) + mention },
        at: { atMobiles: message.address === undefined ? [] : [message.address], isAtAll: false },
      };
      await postToRobot(signed.href, body, answers, env, signal);
    },
    [Symbol.asyncDispose]: async () => {},
  };
};
