import { getQuality, overlayAddress, type Content, type Nuisance, type Quality } from './api';
import { fill, h } from './dom';
import { adviceByKind, level, NUISANCES, printSentence, worstSentence } from './quality-text';

/** How well one picture will be found: the score, and when opened what it is made of. */
export class QualityPanel {
  readonly element = h('div', { className: 'quality' });
  private readonly summary = h('summary');
  private readonly body = h('div', { className: 'measured' });
  private readonly details = h('details', {}, this.summary, this.body);
  private shown = '';

  constructor() {
    this.details.addEventListener('toggle', () => this.details.open && void this.load());
  }

  /**
   * Follows the content; what is open stays open, and is asked for again when it was measured anew. An unsettled
   * content may be measured yet.
   */
  show(content: Content, unsettled: boolean): void {
    const { id, trackability, marker_status: status, updated_at: time } = content;
    const key = `${id} ${trackability} ${status} ${time} ${unsettled}`;
    if (key === this.shown) return;
    this.shown = key;
    this.element.dataset['id'] = id;
    if (trackability === null) return fill(this.element, waiting(status, unsettled));
    const again = (status === 'pending' || status === 'processing') && ' – being measured again';
    const score = h('strong', { className: 'score', data: { level: level(trackability) } }, String(trackability));
    fill(this.summary, 'Trackability ', score, ' of 100', again);
    if (!this.details.isConnected) fill(this.element, this.details);
    if (this.details.open) void this.load();
  }

  private async load(): Promise<void> {
    const id = this.element.dataset['id'] ?? '';
    try {
      fill(this.body, ...measured(id, await getQuality(id)));
    } catch (failure) {
      fill(this.body, h('p', { className: 'error' }, failure instanceof Error ? failure.message : String(failure)));
    }
  }
}

function waiting(status: Content['marker_status'], unsettled: boolean): HTMLElement | null {
  if (status === 'failed') return null;
  const words = unsettled
    ? 'Trackability is being measured.'
    : 'Trackability: not measured. “Prepare again” measures it.';
  return h('p', { className: 'soft' }, words);
}

function measured(id: string, quality: Quality): HTMLElement[] {
  const overlay = h('img', {
    className: 'overlay',
    src: overlayAddress(id),
    alt: 'The picture with the points it is found by and its weak zones',
  });
  const text = h(
    'div',
    { className: 'words' },
    h('dl', { className: 'breakdown' }, ...Object.entries(NUISANCES).flatMap(([nuisance, label]) => bar(label, quality, nuisance as Nuisance))),
    h('p', {}, worstSentence(quality.worst, quality.score)),
    h('p', {}, printSentence(quality.print_width, quality.viewing_distance)),
    quality.findings.length > 0 && h('ul', { className: 'advice' }, ...adviceByKind(quality.findings).map(advice)),
  );
  return [overlay, text];
}

function bar(label: string, { breakdown }: Quality, nuisance: Nuisance): HTMLElement[] {
  const score = breakdown[nuisance];
  return [
    h('dt', {}, label),
    h('dd', {}, h('progress', { max: 100, value: score, ariaLabel: label, data: { level: level(score) } }), h('span', {}, String(score))),
  ];
}

function advice({ kind, title, places, advice }: ReturnType<typeof adviceByKind>[number]): HTMLElement {
  return h('li', { data: { kind } }, h('strong', {}, title), ` (${places}): ${advice}`);
}
