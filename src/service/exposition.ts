/** A figure that is shown to whoever watches over the service. */
export interface Metric {
  /** With its unit at the end: `cordon_inbox_oldest_seconds`. */
  readonly name: string;
  readonly type: "gauge" | "counter" | "histogram";
  /** What it is, in one line. */
  readonly help: string;
  readonly samples: readonly Sample[];
}

export interface Sample {
  readonly value: number;
  readonly labels?: Readonly<Record<string, string>>;
  /** What follows the name: `_bucket`. */
  readonly suffix?: string;
}

/** The media type of what {@link exposition} makes. */
export const expositionType = "text/plain; version=0.0.4; charset=utf-8";

/** Figures in the text format of Prometheus, version 0.0.4 ("Exposition formats"). */
export function exposition(metrics: readonly Metric[]): string {
  return metrics
    .flatMap(({ name, type, help, samples }) => [
      `# HELP ${name} ${help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}\n`,
      `# TYPE ${name} ${type}\n`,
      ...samples.map(
        ({ suffix = "", labels = {}, value }) => `${name}${suffix}${inBraces(labels)} ${number(value)}\n`,
      ),
    ])
    .join("");
}

function inBraces(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

function number(value: number): string {
  if (Number.isFinite(value) || Number.isNaN(value)) return String(value);
  return value > 0 ? "+Inf" : "-Inf";
}

/** Counts how long something took, in classes that lie on top of each other as Prometheus wants them. */
export class Histogram {
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;

  /** @param bounds the upper bounds of the classes, in ascending order */
  constructor(bounds: readonly number[]) {
    this.#bounds = [...bounds, Number.POSITIVE_INFINITY];
    this.#counts = this.#bounds.map(() => 0);
  }

  observe(value: number): void {
    this.#sum += value;
    for (const [n, bound] of this.#bounds.entries()) {
      if (value <= bound) this.#counts[n] = (this.#counts[n] ?? 0) + 1;
    }
  }

  samples(): readonly Sample[] {
    const buckets = this.#bounds.map((bound, n) => ({
      suffix: "_bucket",
      labels: { le: number(bound) },
      value: this.#counts[n] ?? 0,
    }));
    return [
      ...buckets,
      { suffix: "_sum", value: this.#sum },
      { suffix: "_count", value: this.#counts.at(-1) ?? 0 },
    ];
  }
}
