import type { Schema } from '../../api/client';

type Finding = Schema['QualityFinding'];
type Zone = Schema['QualityZone'];
type Place = Record<'everywhere' | 'middle' | 'left' | 'right' | 'top' | 'bottom', string>;

/** Where a zone lies, such as `top left`. */
export function place({ x, y, width, height }: Zone, words: Place): string {
  if (width > 0.9 && height > 0.9) return words.everywhere;
  const across = third(x, width, words.left, words.right);
  const down = third(y, height, words.top, words.bottom);
  return [down, across].filter(Boolean).join(' ') || words.middle;
}

function third(start: number, length: number, first: string, last: string): string {
  if (length > 0.9) return '';
  const middle = start + length / 2;
  return middle < 0.4 ? first : middle > 0.6 ? last : '';
}

/** The findings of each kind as one: its places, and the advice that is the same everywhere. */
export function byKind(findings: Finding[], words: Place): { kind: string; places: string; advice: string }[] {
  return [...new Set(findings.map(({ kind }) => kind))].map((kind) => {
    const alike = findings.filter((finding) => finding.kind === kind);
    const places = [...new Set(alike.map(({ zone }) => place(zone, words)))];
    return { kind, places: places.join(', '), advice: alike[0]?.advice ?? '' };
  });
}

/** A length in metres for people, rounded up, since a smaller print is not found: `0.183` as `19 cm`, `1.5` as `1.5 m`. */
export function length(metres: number, language: string): string {
  const centimetres = Math.ceil(Number((metres * 100).toFixed(6)));
  const unit = centimetres < 100 ? 'centimeter' : 'meter';
  return new Intl.NumberFormat(language, { style: 'unit', unit }).format(centimetres < 100 ? centimetres : centimetres / 100);
}
