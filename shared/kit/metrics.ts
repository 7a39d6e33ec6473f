export type Labels = Readonly<Record<string, string>>;

export interface Counter {
  add(n: number, labels?: Labels): void;
  value(labels?: Labels): number;
}
export interface Gauge {
  set(n: number, labels?: Labels): void;
  value(labels?: Labels): number;
}

/** Counters and gauges of one process, named `<part>_<noun>_<unit>_total`; rendered as Prometheus text. */
export interface Metrics {
  counter(name: string, help: string): Counter;
  gauge(name: string, help: string): Gauge;
  /** Prometheus text format 0.0.4. */
  render(): string;
}

interface Family {
  readonly kind: "counter" | "gauge";
  readonly help: string;
  readonly series: Map<string, number>;
}

const seriesKey = (labels: Labels = {}): string => {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return pairs.length === 0 ? "" : `{${pairs.sort().join(",")}}`;
};

export function createMetrics(): Metrics {
  const families = new Map<string, Family>();
  const family = (name: string, kind: Family["kind"], help: string): Family => {
    const known = families.get(name);
    if (known) return known;
    const made: Family = { kind, help, series: new Map() };
    families.set(name, made);
    return made;
  };
  return {
    counter: (name, help) => {
      const { series } = family(name, "counter", help);
      return {
        add: (n, labels) => series.set(seriesKey(labels), (series.get(seriesKey(labels)) ?? 0) + n),
        value: (labels) => series.get(seriesKey(labels)) ?? 0,
      };
    },
    gauge: (name, help) => {
      const { series } = family(name, "gauge", help);
      return {
        set: (n, labels) => series.set(seriesKey(labels), n),
        value: (labels) => series.get(seriesKey(labels)) ?? 0,
      };
    },
    render: () =>
      [...families]
        .map(([name, { kind, help, series }]) =>
          [
            `# HELP ${name} ${help}`,
            `# TYPE ${name} ${kind}`,
            ...[...series].map(([key, n]) => `${name}${key} ${n}`),
          ].join("\n"),
        )
        .join("\n")
        .concat("\n"),
  };
}
