import { expect, test } from "vitest";
import catalogue from "./catalogue.json" with { type: "json" };
import { field } from "./field.ts";
import { operations } from "./operations.ts";
import rules from "./rules.json" with { type: "json" };

type Path = readonly (string | number)[];

/** Every place inside a value, deepest last. */
function pathsIn(value: unknown, at: Path = []): readonly Path[] {
  if (typeof value !== "object" || value === null) return at.length > 0 ? [at] : [];
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return [...(at.length > 0 ? [at] : []), ...keys.flatMap((key) => pathsIn((value as never)[key], [...at, key]))];
}

const absent = Symbol("absent");

/** The value with one place replaced, or taken out. */
function replaced(value: unknown, [key, ...rest]: Path, by: unknown): unknown {
  if (key === undefined) return by;
  if (Array.isArray(value)) {
    const item = rest.length === 0 && by === absent ? [] : [replaced(value[key as number], rest, by)];
    return value.toSpliced(key as number, 1, ...item);
  }
  const { [key as string]: old, ...others } = value as Record<string, unknown>;
  return rest.length === 0 && by === absent ? others : { ...others, [key]: replaced(old, rest, by) };
}

/** Numbers that are none, and members without a value: what no result may hold. */
function rubbishIn(value: unknown): boolean {
  if (value === undefined) return true;
  if (typeof value === "number") return !Number.isFinite(value);
  return typeof value === "object" && value !== null && Object.values(value).some(rubbishIn);
}

const wrong: readonly unknown[] = [absent, null, Number.NaN, Number.POSITIVE_INFINITY, -1e6, 0, "x", [], {}, true];

const vectors = [...catalogue, ...rules].filter(({ inputs }) => Object.hasOwn(operations, inputs.op));
const examples = Map.groupBy(vectors, ({ inputs }) => inputs.op);

test("every operation has an example to go wrong with", () => {
  expect([...examples.keys()].toSorted()).toEqual(Object.keys(operations).toSorted());
});

test.each([...examples])("%s: a wrong input is an error or makes a sound result, never NaN", (op, given) => {
  const compute = operations[op];
  let errors = 0;
  for (const { inputs } of given) {
    for (const path of pathsIn(inputs).filter(([key]) => key !== "op" && key !== "indicator")) {
      for (const by of wrong) {
        let result: unknown;
        try {
          result = compute?.(field(replaced(inputs, path, by), "inputs"));
        } catch (error) {
          errors++;
          expect((error as Error).message, `${op} ${path.join(".")}`).not.toMatch(
            /undefined|is not a function|Cannot read|Invalid/,
          );
          continue;
        }
        expect(rubbishIn(result), `${op} ${path.join(".")} by ${String(by)}: ${JSON.stringify(result)}`).toBe(false);
      }
    }
  }
  expect(errors).toBeGreaterThan(0);
});
