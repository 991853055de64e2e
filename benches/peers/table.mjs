/** A Markdown table; the first column holds names, the others figures. */
export function table(header, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const rule = header.map((_, i) => (i ? '---:' : '---'));
  return [line(header), line(rule), ...rows.map(line)].join('\n');
}

/** A figure with so many decimals; a dash where there is none. */
export function figure(value, decimals = 2) {
  return value === null || value === undefined ? '–' : value.toFixed(decimals);
}

/** A figure with its sign, as differences are read. */
export function signed(value, decimals = 2) {
  if (value === null || value === undefined) return '–';
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(decimals)}`;
}

export function times(value) {
  return value === null || value === undefined ? '–' : `${value.toPrecision(value < 1 ? 2 : 3)} x`;
}

export function bold(cells) {
  return cells.map((cell) => `**${cell}**`);
}
