import type { User } from './api';
import { fill, h, notify } from './dom';
import { count, fileSize } from './format';
import { header } from './header';
import { getStorage, getUsage, listCompanies, moveStorage, testStorage, type Move, type Storage, type TestStep, type Usage } from './storage-api';
import { placeForm } from './storage-form';
import { KIND_WORDS, STEP_WORDS, moveSentence, placeDetail, sameAgain, taken } from './storage-text';

/** Milliseconds between questions how far a move is. */
const POLL_INTERVAL = 2000;

/** Where a company's files live, how much there is, and the ways to another place. */
export function storagePage(user: User, company: string, onSignedOut: () => void): HTMLElement {
  const choice = user.role === 'superadmin' ? companyChoice(company) : null;
  const board = new StorageBoard(company);
  void board.refresh();
  return h(
    'div',
    {},
    header(user, 'storage', onSignedOut),
    h('main', { className: 'storage' }, choice, board.present, board.change),
  );
}

/** Superadmins look after every company. */
function companyChoice(current: string): HTMLElement {
  const select = h('select', { name: 'company', ariaLabel: 'Company' });
  select.addEventListener('change', () => (location.hash = `storage/${select.value}`));
  void listCompanies().then(
    (companies) => fill(select, ...companies.map(({ id, name }) => h('option', { value: id, selected: id === current }, name))),
    complain,
  );
  return h('label', { className: 'field' }, h('span', {}, 'Company'), select);
}

class StorageBoard {
  readonly present = h('section', { className: 'panel place', ariaLabel: 'Present place' });
  readonly change = h('section', { className: 'panel', ariaLabel: 'Another place' });
  private readonly tested = h('div', { className: 'tested' });
  private nextLook = 0;

  constructor(private readonly company: string) {}

  async refresh(): Promise<void> {
    try {
      const [storage, usage] = await Promise.all([getStorage(this.company), getUsage(this.company)]);
      this.show(storage, usage);
      fill(this.change, placeForm(this.company, { storage, usage }, () => void this.refresh()));
    } catch (failure) {
      fill(this.present, h('p', { className: 'error' }, words(failure)));
    }
  }

  private show(storage: Storage, usage: Usage): void {
    const test = h('button', { type: 'button', className: 'quiet' }, 'Test it');
    test.addEventListener('click', () => void this.test(test));
    fill(
      this.present,
      h('div', {}, h('h2', {}, KIND_WORDS[storage.kind]), detail(storage)),
      storage.withdrawn_at && h('p', { className: 'error' }, 'The owner of the disk has taken the consent back. Connect it again.'),
      storage.move && this.movement(storage, storage.move),
      meter('Space', usage.bytes + usage.reserved_bytes, usage.max_bytes, fileSize),
      meter('Pictures and videos', usage.files, usage.max_files, (files) => count(files, 'file')),
      h('div', { className: 'row' }, test),
      this.tested,
    );
    clearTimeout(this.nextLook);
    if (storage.move) this.lookAfter(POLL_INTERVAL, usage);
  }

  private lookAfter(milliseconds: number, usage: Usage): void {
    this.nextLook = window.setTimeout(() => void this.poll(usage), milliseconds);
  }

  private async poll(usage: Usage): Promise<void> {
    if (!this.present.isConnected) return;
    try {
      const storage = await getStorage(this.company);
      if (storage.move === null) return void this.refresh();
      this.show(storage, usage);
    } catch {
      this.lookAfter(4 * POLL_INTERVAL, usage);
    }
  }

  private movement(storage: Storage, move: Move): HTMLElement {
    const sentence = h('p', { className: 'movement', role: 'status', data: { state: move.state } }, moveSentence(move));
    if (move.state !== 'failed') return sentence;
    const again = h('button', { type: 'button', className: 'quiet' }, 'Go on');
    again.addEventListener('click', () => void moveStorage(this.company, sameAgain(storage)).then(() => this.refresh(), complain));
    return h('div', { className: 'row' }, sentence, again);
  }

  private async test(button: HTMLButtonElement): Promise<void> {
    button.disabled = true;
    try {
      const { works, steps } = await testStorage(this.company);
      fill(this.tested, h('p', { className: works ? 'good' : 'error' }, works ? 'It works.' : 'It does not work.'), h('ol', { className: 'steps' }, ...steps.map(stepLine)));
    } catch (failure) {
      fill(this.tested, h('p', { className: 'error' }, words(failure)));
    }
    button.disabled = false;
  }
}

function detail(storage: Storage): HTMLElement | null {
  const text = placeDetail(storage);
  return text === null ? null : h('p', { className: 'soft detail' }, text);
}

function stepLine({ step, outcome, problem }: TestStep): HTMLElement {
  return h('li', { data: { outcome } }, STEP_WORDS[step], problem !== null && `: ${problem}`);
}

function meter(label: string, used: number, limit: number | null, amount: (used: number) => string): HTMLElement {
  const { text, share } = taken(used, limit, amount);
  return h(
    'div',
    { className: 'meter' },
    h('span', {}, label),
    h('span', { className: 'soft' }, text),
    share !== null && h('progress', { max: 1, value: share, ariaLabel: label, data: { level: share > 0.9 ? 'poor' : 'good' } }),
  );
}

const words = (failure: unknown) => (failure instanceof Error ? failure.message : String(failure));
const complain = (failure: unknown) => notify(words(failure));
