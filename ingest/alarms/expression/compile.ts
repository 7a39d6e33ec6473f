import type { TagValue } from "#shared/model/sample.ts";
import { type EpochMs, elapsed, seconds } from "#shared/model/time.ts";
import type { Arithmetic, Comparison, Expression, FunctionName } from "#shared/plant/expression/expression.ts";

/** What an expression is evaluated over: the last good values by tag, and what its clocks remember. */
export interface Surroundings {
  readonly at: EpochMs;
  readonly values: readonly (TagValue | null)[];
  /** When the value of a tag was another one last. */
  readonly changedAt: readonly (EpochMs | null)[];
  /** Since when the condition of a `lasting` has held; null where it does not. */
  readonly holdsSince: readonly (EpochMs | null)[];
}

/** null: nobody can tell yet, because a tag has no value, or because of a division by 0. */
export type Evaluate = (of: Surroundings) => TagValue | null;

const arithmetic: Readonly<Record<Arithmetic, (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
};
const comparison: Readonly<Record<Comparison, (a: TagValue, b: TagValue) => boolean>> = {
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
  "=": (a, b) => a === b,
  "!=": (a, b) => a !== b,
};
const calls: Readonly<Record<FunctionName, (of: readonly number[]) => number>> = {
  min: (of) => Math.min(...of),
  max: (of) => Math.max(...of),
  abs: ([one = 0]) => Math.abs(one),
};

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
const secondsSince = (since: EpochMs, at: EpochMs): number => elapsed(since, at) / seconds(1);

/** The expression as a function of its surroundings. It has no loop: its time is bounded by its length. */
export function compile(expression: Expression): Evaluate {
  switch (expression.kind) {
    case "constant":
      return () => expression.value;
    case "tag":
      return ({ values }) => values[expression.index] ?? null;
    case "not": {
      const of = compile(expression.of);
      return (around) => {
        const value = of(around);
        return value === null ? null : !value;
      };
    }
    case "negate": {
      const of = compile(expression.of);
      return (around) => {
        const value = of(around);
        return value === null ? null : -Number(value);
      };
    }
    case "and":
    case "or": {
      // What settles it whatever the other side is: then that one need not be known.
      const decisive = expression.kind === "or";
      const [left, right] = [compile(expression.left), compile(expression.right)];
      return (around) => {
        const a = left(around);
        if (a === decisive) return decisive;
        const b = right(around);
        if (b === decisive) return decisive;
        return a === null || b === null ? null : !decisive;
      };
    }
    case "arithmetic": {
      const [left, right, by] = [compile(expression.left), compile(expression.right), arithmetic[expression.by]];
      return (around) => {
        const [a, b] = [left(around), right(around)];
        return a === null || b === null ? null : finite(by(Number(a), Number(b)));
      };
    }
    case "compare": {
      const [left, right, by] = [compile(expression.left), compile(expression.right), comparison[expression.by]];
      return (around) => {
        const [a, b] = [left(around), right(around)];
        return a === null || b === null ? null : by(a, b);
      };
    }
    case "call": {
      const of = expression.of.map(compile);
      const by = calls[expression.by];
      return (around) => {
        const values = of.map((one) => one(around));
        return values.includes(null) ? null : finite(by(values.map(Number)));
      };
    }
    case "lasting":
      return ({ holdsSince, at }) => {
        const since = holdsSince[expression.clock] ?? null;
        return since === null ? 0 : secondsSince(since, at);
      };
    case "since":
      return ({ changedAt, at }) => {
        const since = changedAt[expression.index] ?? null;
        return since === null ? null : secondsSince(since, at);
      };
  }
}

/** The conditions whose time is taken by `lasting`, by clock. */
export function clocksOf(expression: Expression): readonly Expression[] {
  const found: Expression[] = [];
  const visit = (part: Expression): void => {
    if (part.kind === "lasting") found[part.clock] = part.of;
    for (const below of partsOf(part)) visit(below);
  };
  visit(expression);
  return found;
}

/** Whether time alone can change what the expression says. */
export function knowsTime(expression: Expression): boolean {
  return expression.kind === "lasting" || expression.kind === "since" || partsOf(expression).some(knowsTime);
}

function partsOf(expression: Expression): readonly Expression[] {
  if ("left" in expression) return [expression.left, expression.right];
  if (expression.kind === "call") return expression.of;
  return "of" in expression ? [expression.of] : [];
}
