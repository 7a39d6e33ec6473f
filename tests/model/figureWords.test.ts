import { expect, test } from "vitest";
import { flagTexts, reasonText, scoreNameText } from "#shared/model/catalogue/figureWords.ts";
import grades from "../../ingest/assessment/grades.json" with { type: "json" };
import profiles from "../../ingest/assessment/profiles/profiles.json" with { type: "json" };

test("flags are told once each, by their ids where they are few, by their number where they are many", () => {
  expect(flagTexts(["estimated", "estimated", "below_floor:p/l/a", "below_floor:p/l/b"], "zh")).toEqual([
    "含分摊估算",
    "覆盖率低于下限：p/l/a",
    "覆盖率低于下限：p/l/b",
  ]);
  const many = ["a", "b", "c", "d"].map((id) => `below_floor:p/l/${id}`);
  expect(flagTexts(["rating:overloaded", ...many], "en")).toEqual([
    "rating: overloaded",
    "coverage below the floor × 4",
  ]);
});

test("what a person wrote, and a flag that nobody knows, stay as they are", () => {
  expect(reasonText("电表检修", "en")).toBe("电表检修");
  expect(flagTexts(["future_flag:x"], "zh")).toEqual(["future_flag:x"]);
});

test("every group and grade that is shipped has an English name, a platform's own stays as it is", () => {
  const names = [
    ...profiles.flatMap(({ values }) => values.groups.map(({ id }) => id)),
    ...grades.flatMap(({ values }) => values.bands.map(({ grade }) => grade)),
  ];
  expect(names.filter((name) => /\p{Script=Han}/u.test(scoreNameText(name, "en")))).toEqual([]);
  expect(scoreNameText("本省特色", "en")).toBe("本省特色");
});
