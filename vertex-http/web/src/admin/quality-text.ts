import type { Nuisance, Quality, Zone } from './api';

/** How a score is coloured. */
export type Level = 'good' | 'fair' | 'poor';

export const level = (score: number): Level => (score >= 70 ? 'good' : score >= 40 ? 'fair' : 'poor');

/** What each score of the breakdown is about, in the order they are shown. */
export const NUISANCES: Record<Nuisance, string> = {
  distance: 'From far away',
  tilt: 'From the side',
  blur: 'Out of focus',
  light: 'In bad light',
};

const WORST: Record<Nuisance, string> = {
  distance: 'It is hardest to find from far away.',
  tilt: 'It is hardest to find from the side.',
  blur: 'It is hardest to find when the camera is out of focus or moves.',
  light: 'It is hardest to find in bad light.',
};

/** What harms most, unless nothing does. */
export const worstSentence = (worst: Nuisance, score: number): string =>
  score >= 95 ? 'It is found in nearly every view.' : WORST[worst];

/** How large to print it; both lengths in metres. */
export function printSentence(width: number | null, distance: number): string {
  if (width === null) return 'It was not found reliably at any size.';
  return `Print it at least ${length(width)} wide to be found from ${length(distance)} away.`;
}

/** Rounded up, since a smaller print is not found: `0.183` as `19 cm`, `1.5` as `1.5 m`. */
function length(metres: number): string {
  const centimetres = Math.ceil(Number((metres * 100).toFixed(6)));
  return centimetres < 100 ? `${centimetres} cm` : `${centimetres / 100} m`;
}

/** Where a zone lies, such as `top left`. */
export function place({ x, y, width, height }: Zone): string {
  const across = third(x, width, ['left', '', 'right']);
  const down = third(y, height, ['top', '', 'bottom']);
  if (width > 0.9 && height > 0.9) return 'everywhere';
  return [down, across].filter(Boolean).join(' ') || 'middle';
}

function third(start: number, length: number, names: [string, string, string]): string {
  if (length > 0.9) return '';
  const middle = start + length / 2;
  return names[middle < 0.4 ? 0 : middle > 0.6 ? 2 : 1];
}

/** The findings of each kind as one: its places, and the advice that is the same everywhere. */
export function adviceByKind(findings: Quality['findings']): { kind: string; title: string; places: string; advice: string }[] {
  return [...new Set(findings.map(({ kind }) => kind))].map((kind) => {
    const alike = findings.filter((finding) => finding.kind === kind);
    const places = [...new Set(alike.map(({ zone }) => place(zone)))];
    return { kind, title: kindTitle(kind), places: places.join(', '), advice: alike[0]?.advice ?? '' };
  });
}

/** `too_few_points` as `Too few points`. */
export function kindTitle(kind: string): string {
  const words = kind.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
