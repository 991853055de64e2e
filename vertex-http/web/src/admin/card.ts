import { deleteContent, generateMarker, getContent, qrAddress, updateContent, type Content } from './api';
import { confirmLoss } from './confirm';
import { fill, h, notify } from './dom';
import { count } from './format';
import { QualityPanel } from './quality';
import { videoList } from './videos';

/** Milliseconds between questions whether a marker is ready. */
const POLL_INTERVAL = 2000;
/** How often is asked for what is measured after the marker is ready. */
const MEASURING_POLLS = 30;

const STATUS_WORDS: Record<Content['marker_status'], string> = {
  pending: 'Waiting',
  processing: 'Preparing',
  ready: 'Ready',
  failed: 'Failed',
};

/** One content in the list; it keeps itself up to date while its marker is being made. */
export class ContentCard {
  readonly element = h('article', { className: 'panel card' });
  private readonly head = h('div', { className: 'head' });
  private readonly quality = new QualityPanel();
  private readonly foot = h('div', { className: 'row actions' });
  private pollsLeft = MEASURING_POLLS;

  constructor(private content: Content, private readonly onDeleted: () => void) {
    this.element.dataset['id'] = content.id;
    this.element.append(this.head, this.quality.element, videoList(content.id, content.video_count), this.foot);
    this.show(content);
  }

  private show(content: Content): void {
    this.content = content;
    fill(
      this.head,
      this.picture(),
      h(
        'div',
        { className: 'facts' },
        h('h3', {}, content.title),
        h(
          'p',
          {},
          h('span', { className: 'badge', data: { status: content.marker_status } }, STATUS_WORDS[content.marker_status]),
          !content.is_active && h('span', { className: 'badge', data: { status: 'off' } }, 'Switched off'),
          h('span', { className: 'soft' }, ` ${count(content.view_count, 'view')}`),
        ),
        content.marker_error !== null && h('p', { className: 'error' }, content.marker_error),
        this.link(),
      ),
      this.code(),
    );
    const unsettled = this.isUnsettled();
    this.quality.show(content, unsettled);
    fill(this.foot, ...this.actions());
    if (unsettled) setTimeout(() => void this.poll(), POLL_INTERVAL);
  }

  /** Whether the marker is being made, or is there and still being measured. */
  private isUnsettled(): boolean {
    const { marker_status: status, trackability } = this.content;
    if (status === 'pending' || status === 'processing') {
      this.pollsLeft = MEASURING_POLLS;
      return true;
    }
    return status === 'ready' && trackability === null && this.pollsLeft-- > 0;
  }

  private async poll(): Promise<void> {
    if (!this.element.isConnected) return;
    try {
      this.show(await getContent(this.content.id));
    } catch {
      setTimeout(() => void this.poll(), 4 * POLL_INTERVAL);
    }
  }

  private picture(): HTMLElement {
    const { preview_url: url } = this.content;
    return url ? h('img', { className: 'thumb', src: url, alt: '', loading: 'lazy' }) : h('span', { className: 'thumb' });
  }

  private link(): HTMLElement {
    const { viewer_url: url } = this.content;
    const copy = h('button', { type: 'button', className: 'copy', ariaLabel: 'Copy the link' }, 'Copy');
    copy.addEventListener('click', async () => {
      try {
        await navigator.clipboard.writeText(url);
        notify('The link is copied.');
      } catch {
        notify(`Copy it by hand: ${url}`);
      }
    });
    const open = h('a', { href: url, target: '_blank', rel: 'noopener' }, url.replace(/^https?:\/\//, ''));
    return h('p', { className: 'link' }, open, copy);
  }

  private code(): HTMLElement | null {
    const { id, unique_id: name, qr_url: url } = this.content;
    if (!url) return null;
    return h(
      'a',
      { className: 'code', href: qrAddress(id, 'png'), download: `${name}.png`, title: 'Download the QR code' },
      h('img', { src: qrAddress(id, 'svg'), alt: 'QR code of the link', loading: 'lazy' }),
      h('span', {}, 'Download'),
    );
  }

  private actions(): HTMLElement[] {
    const { id, title, is_active: active } = this.content;
    const again = this.button('Prepare again', () => generateMarker(id));
    const toggle = this.button(active ? 'Switch off' : 'Switch on', () => updateContent(id, { is_active: !active }));
    const remove = h('button', { type: 'button', className: 'quiet danger-text' }, 'Delete');
    remove.addEventListener('click', async () => {
      const question = `Delete “${title}” with its videos and views? Its printed code will lead nowhere.`;
      if (await confirmLoss(question, 'Delete')) await deleteContent(id).then(this.onDeleted, complain);
    });
    return [again, toggle, remove];
  }

  private button(label: string, action: () => Promise<Content>): HTMLButtonElement {
    const button = h('button', { type: 'button', className: 'quiet' }, label);
    button.addEventListener('click', () => void action().then((content) => this.show(content), complain));
    return button;
  }
}

function complain(failure: unknown): void {
  notify(failure instanceof Error ? failure.message : String(failure));
}
