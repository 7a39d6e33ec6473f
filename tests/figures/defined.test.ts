import { expect, test } from "vitest";
import { figureDefinitions } from "../../ingest/indicators/registry.ts";
import { examplesOfEnergyAndData } from "./examplesOfEnergyAndData.ts";
import { examplesOfSafety } from "./examplesOfSafety.ts";
import { examplesOfUse } from "./examplesOfUse.ts";
import { scopeFacts } from "./scopeFacts.ts";

const examples = [...examplesOfUse, ...examplesOfSafety, ...examplesOfEnergyAndData];

test.each(examples)("%s %#", (id, given, expected) => {
  const definition = figureDefinitions.find((one) => one.id === id);
  const { value, numerator, ...figure } = definition?.figure(scopeFacts(given)) ?? {};
  const { value: wanted, ...rest } = expected;
  if (typeof wanted === "number") expect(value).toBeCloseTo(wanted, 9);
  else if (wanted === null) expect(value ?? null).toBeNull();
  const { numerator: wantedNumerator, lower, upper, coverage, ...exact } = rest;
  if (typeof wantedNumerator === "number") expect(numerator).toBeCloseTo(wantedNumerator, 9);
  for (const [name, bound] of Object.entries({ lower, upper, coverage }))
    if (typeof bound === "number") expect([name, figure[name as "lower"]]).toEqual([name, expect.closeTo(bound, 9)]);
  expect(figure).toMatchObject(exact);
});

test("every definition has an example", () => {
  const shown = new Set(examples.map(([id]) => id));
  expect(figureDefinitions.map(({ id }) => id).filter((id) => !shown.has(id))).toEqual([]);
});
