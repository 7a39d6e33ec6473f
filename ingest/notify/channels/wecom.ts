import type { ChannelConfigs } from "#shared/plant/notification/channelSchemas.ts";
import type { OpenChannel } from "../channel.ts";
import { cutToBytes } from "../render.ts";
import { plainText, postToRobot, type RobotAnswers, robotUrl } from "./robot.ts";

/** Codes of developer.work.weixin.qq.com, group robots. */
const answers: RobotAnswers = {
  code: ["errcode"],
  text: ["errmsg"],
  verdicts: { [-1]: "retry", 45009: "retry", 45033: "retry", 93000: "channel", 93008: "channel", 93017: "channel" },
};
/** A text of a group robot may have 2,048 bytes. */
const mostBytes = 2_000;

/** A robot of a WeCom group; the address is the mobile number of whoever is mentioned. */
export const openWecom: OpenChannel<ChannelConfigs["wecom"]> = async (config, env) => {
  const url = robotUrl(await env.secret(config.url), config.id);
  return {
    send: async (message, signal) => {
      const content = cutToBytes(plainText(message), mostBytes);
      const mentioned = message.address === undefined ? [] : [message.address];
      const body = { msgtype: "text", text: { content, mentioned_mobile_list: mentioned } };
      await postToRobot(url.href, body, answers, env, signal);
    },
    [Symbol.asyncDispose]: async () => {},
  };
};
