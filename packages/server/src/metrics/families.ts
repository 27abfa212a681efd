import { Counter, Gauge, Histogram, type MetricObjectWithValues, type MetricType, type MetricValueWithName, type Registry } from 'prom-client'; // prettier-ignore
import type { Tallied } from './histogram.ts';

export type Labels = Readonly<Record<string, string>>;
export type Sample = readonly [labels: Labels, value: number];

interface Family<S> {
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
  /** Asked at each scrape. Nothing: the family is left empty. */
  readonly read: () => Iterable<S>;
}

/** Metric families whose values stand elsewhere, as plain numbers, and are fetched when somebody scrapes. */
export class Families {
  private readonly registry: Registry;

  constructor(registry: Registry) {
    this.registry = registry;
  }

  gauge({ name, help, labels = [], read }: Family<Sample>): void {
    const gauge = new Gauge({
      name,
      help,
      labelNames: [...labels],
      registers: [],
      collect() {
        const samples = [...read()];
        this.reset();
        for (const [at, value] of samples) this.set(at, value);
        // One without labels begins at 0, which would be a lie where nothing is known.
        if (samples.length === 0) this.remove();
      },
    });
    this.registry.registerMetric(gauge);
  }

  counter({ name, help, labels = [], read }: Family<Sample>): void {
    const counter = new Counter({
      name,
      help,
      labelNames: [...labels],
      registers: [],
      collect() {
        this.reset();
        for (const [at, value] of read()) this.inc(at, value);
      },
    });
    this.registry.registerMetric(counter);
  }

  histogram(family: Family<readonly [labels: Labels, tallied: Tallied]>): void {
    this.registry.registerMetric(new TalliedHistogram(family));
  }
}

/** The library keeps its own buckets, at a cost per value that is too much for every request: ours are told in its form. */
class TalliedHistogram extends Histogram {
  private readonly family: Family<readonly [labels: Labels, tallied: Tallied]>;

  constructor(family: Family<readonly [labels: Labels, tallied: Tallied]>) {
    super({ name: family.name, help: family.help, registers: [] });
    this.family = family;
  }

  override async get(): Promise<MetricObjectWithValues<MetricValueWithName<string>>> {
    const { name, help, read } = this.family;
    const values = [...read()].flatMap(([labels, tallied]) => valuesOf(name, labels, tallied));
    return { name, help, type: 'histogram' as unknown as MetricType, aggregator: 'sum', collect: () => undefined, values }; // prettier-ignore
  }

  /** What the registry asks when it prints. */
  getForPromString(): Promise<unknown> {
    return this.get();
  }
}

function valuesOf(
  name: string,
  labels: Labels,
  { bounds, counts, sum }: Tallied,
): MetricValueWithName<string>[] {
  let total = 0;
  const buckets = counts.map((count, i) => {
    total += count;
    return {
      metricName: `${name}_bucket`,
      labels: { ...labels, le: String(bounds[i] ?? '+Inf') },
      value: total,
    };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: total },
  ];
}
