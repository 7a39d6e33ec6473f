import { lengthMs } from "#shared/model/interval.ts";
import { isoText } from "../field.ts";
import type { Operation } from "../operations.ts";
import { span, zone } from "./shapes.ts";

const hourMs = 3_600_000;

export const timeOperations: Readonly<Record<string, Operation>> = {
  period_bounds: (inputs) => {
    const period = zone(inputs).period(inputs.at("period").text());
    return { start_utc: isoText(period.from), end_utc: isoText(period.to), hours: lengthMs(period) / hourMs };
  },
  assign_month: (inputs) => {
    const { periodAt } = zone(inputs);
    return {
      months: inputs
        .at("instants")
        .list()
        .map((at) => periodAt("month", at.instant()).name),
    };
  },
  split_by_year: (inputs) => {
    const parts = zone(inputs).split("year", span(inputs));
    return { seconds: Object.fromEntries([...parts].map(([year, ms]) => [year, ms / 1_000])) };
  },
  split_by_month: (inputs) => {
    const parts = zone(inputs).split("month", span(inputs));
    return { hours: Object.fromEntries([...parts].map(([month, ms]) => [month, ms / hourMs])) };
  },
  day_hours: (inputs) => {
    const { period } = zone(inputs);
    const hours = (name: string) => lengthMs(period(name)) / hourMs;
    return {
      day_hours: inputs
        .at("days")
        .list()
        .map((day) => hours(day.text())),
      year_hours: hours(inputs.at("year").text()),
    };
  },
};
