import type { Content } from './api';
import { isLive, type State } from './state';
import type { Dictionary } from './text';

/** What the sound button is for at the moment. */
export type Sound = 'muted' | 'audible' | 'blocked';

/** The page itself: puts a state into words and shows the parts that belong to it. */
export class View {
  readonly camera = this.find<HTMLVideoElement>('camera');
  readonly overlay = this.find<HTMLElement>('overlay');
  readonly video = this.find<HTMLVideoElement>('content');
  readonly action = this.find<HTMLButtonElement>('action');
  readonly sound = this.find<HTMLButtonElement>('sound');
  readonly stage = this.find<HTMLElement>('stage');
  private readonly preview = this.find<HTMLImageElement>('preview');
  private readonly title = this.find<HTMLElement>('title');
  private readonly text = this.find<HTMLElement>('text');
  private readonly caption = this.find<HTMLElement>('caption');
  private readonly progress = this.find<HTMLProgressElement>('progress');
  private readonly soundLabel = this.find<HTMLElement>('sound-label');

  constructor(private readonly page: Document, private readonly words: Dictionary) {
    this.progress.setAttribute('aria-label', words.progress);
    this.preview.addEventListener('error', () => (this.preview.hidden = true));
    this.preview.addEventListener('load', () => (this.preview.hidden = false));
    this.showSound('muted');
  }

  /** Shows which picture this is about. */
  describe(content: Content): void {
    const { preview_url: url, width, height } = content.image;
    if (content.title !== null) this.page.title = content.title;
    this.caption.textContent = content.title ?? '';
    this.page.body.style.setProperty('--aspect', String(width / height));
    this.preview.alt = this.words.preview;
    if (url && this.preview.getAttribute('src') !== url) this.preview.src = url;
  }

  render(state: State): void {
    const { title, text, action } = this.words.states[state.name];
    const { body } = this.page;
    body.dataset['state'] = state.name;
    body.dataset['view'] = isLive(state) ? 'live' : 'panel';
    setText(this.title, title);
    setText(this.text, text);
    this.action.hidden = action === undefined;
    setText(this.action, action ?? '');
    if (state.name === 'loading') this.progress.value = Math.round(state.progress * 100);
    this.page.dispatchEvent(new CustomEvent('vertex:state', { detail: { ...state } }));
  }

  showSound(sound: Sound): void {
    const label = { muted: this.words.unmute, audible: this.words.mute, blocked: this.words.play }[sound];
    this.sound.dataset['sound'] = sound;
    this.sound.setAttribute('aria-label', label);
    this.soundLabel.textContent = sound === 'audible' ? '' : label;
  }

  private find<T extends HTMLElement>(role: string): T {
    const element = document.querySelector<T>(`[data-role="${role}"]`);
    if (!element) throw new Error(`the page has no ${role}`);
    return element;
  }
}

/** Leaves unchanged words alone, or a screen reader would say them again. */
function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
