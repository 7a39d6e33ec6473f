import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ChannelConfig } from "#shared/plant/notification/channelSchemas.ts";
import { dingtalkSign } from "../../ingest/notify/channels/dingtalk.ts";
import { feishuSign } from "../../ingest/notify/channels/feishu.ts";
import { messageOf, open, outcomeOf } from "./channelRig.ts";
import { type Receiver, startReceiver } from "./receiver.ts";

let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver();
});
afterAll(() => receiver[Symbol.asyncDispose]());

const robots = {
  dingtalk: { id: "ding", kind: "dingtalk", url: { env: "URL" }, secret: { env: "KEY" } },
  wecom: { id: "wecom", kind: "wecom", url: { env: "URL" } },
  feishu: { id: "feishu", kind: "feishu", url: { env: "URL" }, secret: { env: "KEY" } },
} as const satisfies Record<string, ChannelConfig>;
const secrets = () => ({ URL: `${receiver.url}/robot/send?access_token=a1b2`, KEY: "SEC0123456789" });
const newest = () => {
  const last = receiver.received.at(-1);
  if (!last) throw new Error("Nothing was received.");
  return { ...last, json: JSON.parse(last.body) };
};

/** The expected ones were made by Python's hmac, after the makers' instructions. */
test("signatures are what the makers ask for", () => {
  expect(dingtalkSign("SEC0123456789", 1_700_000_000_000)).toBe("VloEIlTtJU6a/AGf2pud1WypXdicIlyQAOpspu6OP6s=");
  expect(feishuSign("SEC0123456789", 1_700_000_000)).toBe("ukltNRENYMvqlIpTDbO14XaB5X9Lc3nYKcFTY1Yb7Rk=");
});

describe("DingTalk", () => {
  test("a signed text that mentions the person", async () => {
    receiver.answer({ body: '{"errcode":0,"errmsg":"ok"}' });
    const channel = await open(robots.dingtalk, secrets());
    expect(await outcomeOf(channel, messageOf("13800000000"))).toBe("taken");
    const { query, json } = newest();
    expect(query.get("access_token")).toBe("a1b2");
    const timestamp = Number(query.get("timestamp"));
    expect(Math.abs(timestamp - Date.now())).toBeLessThan(60_000);
    expect(query.get("sign")).toBe(dingtalkSign("SEC0123456789", timestamp));
    expect(json.msgtype).toBe("text");
    expect(json.at).toEqual({ atMobiles: ["13800000000"], isAtAll: false });
    expect(json.text.content.split("\n")).toEqual([
      "[示范平台] 报警 (紧急): 反应釜超温",
      "chem/r101",
      "85.5 °C, 限值 80 °C, 11-02 09:30:00",
      "处置 (5 分钟内): 停止加热",
      "查看与确认: https://pilot.example.cn/alarms",
      "@13800000000",
    ]);
  });
});

describe("WeCom", () => {
  test("a text within its 2,048 bytes, cut between characters", async () => {
    receiver.answer({ body: '{"errcode":0,"errmsg":"ok"}' });
    const channel = await open(robots.wecom, secrets());
    expect(await outcomeOf(channel, messageOf("13800000000", { text: "报警".repeat(1_000) }))).toBe("taken");
    const { content, mentioned_mobile_list } = newest().json.text;
    expect(Buffer.byteLength(content)).toBeLessThanOrEqual(2_048);
    expect(Buffer.byteLength(content)).toBeGreaterThan(1_900);
    expect(content.endsWith("…")).toBe(true);
    expect(content).not.toContain("\uFFFD");
    expect(mentioned_mobile_list).toEqual(["13800000000"]);
  });
});

describe("Feishu", () => {
  test("a text signed in its body", async () => {
    receiver.answer({ body: '{"StatusCode":0,"StatusMessage":"success","code":0,"msg":"success","data":{}}' });
    const channel = await open(robots.feishu, secrets());
    expect(await outcomeOf(channel, messageOf(undefined))).toBe("taken");
    const { timestamp, sign, msg_type, content } = newest().json;
    expect(sign).toBe(feishuSign("SEC0123456789", Number(timestamp)));
    expect(msg_type).toBe("text");
    expect(content.text).toContain("反应釜超温");
  });
});

describe("a refusal with status 200 is a refusal", () => {
  test.each([
    ["dingtalk", '{"errcode":310000,"errmsg":"sign not match, more: [https://ding-doc.dingtalk.com]"}', "FORBIDDEN"],
    ["dingtalk", '{"errcode":310000,"errmsg":"keywords not in content"}', "FORBIDDEN"],
    ["dingtalk", '{"errcode":300001,"errmsg":"token is not exist"}', "FORBIDDEN"],
    ["dingtalk", '{"errcode":400102,"errmsg":"机器人已停用"}', "FORBIDDEN"],
    ["dingtalk", '{"errcode":130101,"errmsg":"send too fast, exceed 20 times per minute"}', "BUSY"],
    ["dingtalk", '{"errcode":-1,"errmsg":"系统繁忙"}', "BUSY"],
    ["dingtalk", '{"errcode":430104,"errmsg":"message contains inappropriate text"}', "MALFORMED"],
    ["wecom", '{"errcode":93000,"errmsg":"invalid webhook url, hint: [1], from ip: 1.2.3.4"}', "FORBIDDEN"],
    ["wecom", '{"errcode":45009,"errmsg":"api freq out of limit"}', "BUSY"],
    ["wecom", '{"errcode":40058,"errmsg":"text exceed max length 2048"}', "MALFORMED"],
    [
      "feishu",
      '{"code":19021,"msg":"sign match fail or timestamp is not within one hour from current time"}',
      "FORBIDDEN",
    ],
    ["feishu", '{"code":19024,"msg":"Key Words Not Found"}', "FORBIDDEN"],
    ["feishu", '{"code":11232,"msg":"frequency limited psm[lark.oapi.app_platform_runtime]"}', "BUSY"],
    ["feishu", '{"code":9499,"msg":"Bad Request","data":{}}', "MALFORMED"],
    [
      "feishu",
      '{"StatusCode":19001,"StatusMessage":"param invalid: incoming webhook access token invalid"}',
      "FORBIDDEN",
    ],
    ["dingtalk", "<html>captive portal</html>", "NOT_CONNECTED"],
    ["feishu", "{}", "NOT_CONNECTED"],
  ] as const)("%s %s", async (robot, body, code) => {
    receiver.answer({ body });
    const channel = await open(robots[robot], secrets());
    expect(await outcomeOf(channel, messageOf(undefined))).toBe(code);
  });
});

test("an error never shows the robot's address, for it holds the token", async () => {
  const away = { URL: "http://127.0.0.1:1/robot/send?access_token=secret-token", KEY: "SEC1" };
  for (const config of Object.values(robots)) {
    const channel = await open(config, away);
    const error = await channel.send(messageOf(undefined), new AbortController().signal).catch((thrown) => thrown);
    expect(error.code).toBe("NOT_CONNECTED");
    expect(String(error)).not.toContain("secret-token");
  }
});

test("a missing secret is named, and what is no address is refused", async () => {
  await expect(open(robots.dingtalk, {})).rejects.toMatchObject({
    code: "CONFIG",
    detail: expect.stringContaining("URL"),
  });
  await expect(open(robots.wecom, { URL: "file:///etc/passwd" })).rejects.toMatchObject({ code: "CONFIG" });
});
