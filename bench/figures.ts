/** The value below which the given share of the numbers lies (0.5: the median), by the nearest rank. */
export function percentile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

export function median(numbers: readonly number[]): number {
  return percentile(numbers, 0.5);
}

/** Rounded to hundredths: what lies beyond is noise. */
export function hundredths(number: number): number {
  return Math.round(number * 100) / 100;
}
