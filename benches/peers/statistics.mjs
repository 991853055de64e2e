const present = (values) => values.filter((value) => value !== null && value !== undefined);

/** The mean of the values that there are; null when there is none. */
export function mean(values) {
  const known = present(values);
  return known.length ? known.reduce((sum, value) => sum + value, 0) / known.length : null;
}

/** The median of the values that there are; null when there is none. */
export function median(values) {
  const sorted = present(values).sort((a, b) => a - b);
  if (!sorted.length) return null;
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export function sum(values) {
  return present(values).reduce((total, value) => total + value, 0);
}

/** The share of items for which something holds. */
export function share(items, holds) {
  return mean(items.map((item) => Number(holds(item))));
}
