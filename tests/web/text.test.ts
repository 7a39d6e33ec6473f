import { describe, expect, test } from "vitest";
import { createFormats } from "../../dashboard/web/text/format.ts";
import { en } from "../../dashboard/web/text/messages.en.ts";
import { zh } from "../../dashboard/web/text/messages.zh.ts";
import { chooseLocale } from "../../dashboard/web/text/text.ts";

function keysOf(part: object, path = ""): string[] {
  return Object.entries(part).flatMap(([key, value]) =>
    typeof value === "object"
      ? keysOf(value, `${path}${key}.`)
      : [`${path}${key}:${typeof value === "function" ? value.length : "text"}`],
  );
}
const shanghai = createFormats("zh-CN", "Asia/Shanghai", zh);
const english = createFormats("en", "Asia/Shanghai", en);
const newYork = createFormats("en", "America/New_York", en);
const at = Date.UTC(2026, 10, 22, 16, 30, 5);

test("both languages have the same sentences with the same parameters", () => {
  expect(keysOf(en).sort()).toEqual(keysOf(zh).sort());
});

test("no sentence is empty", () => {
  const texts = (part: object): string[] =>
    Object.values(part).flatMap((value) =>
      typeof value === "object" ? texts(value) : typeof value === "string" ? [value] : [],
    );
  expect([...texts(zh), ...texts(en)].filter((text) => text.trim() === "")).toEqual([]);
});

describe("time", () => {
  test("is of the plant's zone, in 24 hours, whatever the browser's", () => {
    expect(shanghai.time(at)).toBe("00:30:05");
    expect(english.time(at)).toBe("00:30:05");
    expect(newYork.time(at)).toBe("11:30:05");
  });
  test("names the day where it is not today's, by the plant's midnight", () => {
    const halfHourEarlier = at - 31 * 60_000;
    expect(shanghai.moment(at, at + 60_000)).toBe("00:30:05");
    expect(shanghai.moment(halfHourEarlier, at)).toBe("11-22 23:59:05");
    expect(shanghai.moment(at - 365 * 86_400_000, at)).toBe("2025-11-23 00:30:05");
  });
  test("in full has its milliseconds where there are any", () => {
    expect(shanghai.full(at)).toBe("2026-11-23 00:30:05");
    expect(shanghai.full(at + 7)).toBe("2026-11-23 00:30:05.007");
  });
  test("on an axis has seconds only where the step needs them, and the day at midnight", () => {
    const midnight = Date.UTC(2026, 10, 22, 16);
    expect(shanghai.axis(midnight, 3_600_000)).toBe("11月23日");
    expect(english.axis(midnight, 3_600_000)).toBe("Nov 23");
    expect(shanghai.axis(at + 25_000, 30_000)).toBe("00:30:30");
    expect(shanghai.axis(at + 25_000, 60_000)).toBe("00:30");
  });
});

test.each([
  [0, "0 秒", "0 s"],
  [59_999, "59 秒", "59 s"],
  [60_000, "1 分 00 秒", "1 min 00 s"],
  [3_725_000, "1 小时 02 分", "1 h 02 min"],
  [172_800_000, "2 天", "2 d"],
  [-500, "0 秒", "0 s"],
])("an age of %i ms", (ms, chinese, inEnglish) => {
  expect(shanghai.age(ms)).toBe(chinese);
  expect(english.age(ms)).toBe(inEnglish);
});

test("numbers keep their digits, so that they do not jump", () => {
  expect(shanghai.value(7, 2)).toBe("7.00");
  expect(english.value(1234.5678, 1)).toBe("1,234.6");
  expect(shanghai.value(true, 0)).toBe("是");
  expect(english.percent(0.9812)).toBe("98.1 %");
});

test.each([
  ["en", "zh-CN", ["zh-CN"], "en"],
  ["nonsense", "en", ["zh-CN"], "en"],
  [null, null, ["fr-FR", "en-GB", "zh"], "en"],
  [null, null, ["zh-TW"], "zh-CN"],
  [null, null, ["fr-FR"], "zh-CN"],
] as const)("language of override %s, kept %s, browser %j is %s", (override, kept, browser, expected) => {
  expect(chooseLocale(override, kept, browser)).toBe(expected);
});
