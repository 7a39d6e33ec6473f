import { createHmac } from "node:crypto";
import type { ChannelConfigs } from "#shared/plant/notification/channelSchemas.ts";
import type { OpenChannel } from "../channel.ts";
import { cutToBytes } from "../render.ts";
import { plainText, postToRobot, type RobotAnswers, robotUrl } from "./robot.ts";

/** Codes of open.feishu.cn, custom bots; older answers name them `StatusCode`. */
const answers: RobotAnswers = {
  code: ["code", "StatusCode"],
  text: ["msg", "StatusMessage"],
  verdicts: {
    11232: "retry",
    11233: "retry",
    11247: "retry",
    19001: "channel",
    19002: "message",
    19021: "channel",
    19022: "channel",
    19024: "channel",
  },
};
const mostBytes = 18_000;

/** Base64 of HMAC-SHA256 of nothing, with `<s>\n<secret>` as the key. */
export const feishuSign = (secret: string, atS: number): string =>
  createHmac("sha256", `${atS}\n${secret}`).update("").digest("base64");

/** A robot of a Feishu group. */
export const openFeishu: OpenChannel<ChannelConfigs["feishu"]> = async (config, env) => {
  const url = robotUrl(await env.secret(config.url), config.id);
  const secret = config.secret && (await env.secret(config.secret));
  return {
    send: async (message, signal) => {
      const atS = Math.floor(env.clock.now() / 1_000);
      const signature = secret ? { timestamp: String(atS), sign: feishuSign(secret, atS) } : {};
      const content = { text: cutToBytes(plainText(message), mostBytes) };
      await postToRobot(url.href, { ...signature, msg_type: "text", content }, answers, env, signal);
    },
    [Symbol.asyncDispose]: async () => {},
  };
};
