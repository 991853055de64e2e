import { fill, h, notify } from './dom';
import { field, generalError, onSubmit } from './form';
import { connectYandexDisk, moveStorage, putStorage, type Bucket, type NewStorage, type Storage, type StorageKind, type Usage } from './storage-api';
import { KIND_WORDS, wayTo } from './storage-text';

const KINDS: StorageKind[] = ['local', 'minio', 'yandex_disk'];

interface Present {
  storage: Storage;
  usage: Usage;
}

/** What a kind of place is asked for, and what happens then. */
interface Questions {
  elements: HTMLElement[];
  /** What the button promises; nothing when there is nothing to do. */
  promise: string | null;
  answer(): Promise<void>;
}

/** The form that takes a company's files to another place, or changes the keys of the present one. */
export function placeForm(company: string, present: Present, onChanged: () => void): HTMLElement {
  const questions = h('div', { className: 'questions' });
  const button = h('button', { type: 'submit', className: 'primary' });
  let asked: Questions;
  const ask = (kind: StorageKind) => {
    asked = ABOUT[kind](company, present, onChanged);
    fill(questions, ...asked.elements);
    button.textContent = asked.promise;
    button.hidden = asked.promise === null;
  };
  const form = h(
    'form',
    {},
    h('h2', {}, 'Keep the files elsewhere'),
    h('div', { className: 'kinds', role: 'radiogroup', ariaLabel: 'Kind of place' }, ...KINDS.map((kind) => kindChoice(kind, present.storage.kind, ask))),
    questions,
    h('p', { className: 'error', hidden: true, data: { errorOf: 'storage' } }),
    generalError(),
    button,
  );
  ask(present.storage.kind);
  onSubmit(form, () => asked.answer());
  return form;
}

function kindChoice(kind: StorageKind, current: StorageKind, onChosen: (kind: StorageKind) => void): HTMLElement {
  const radio = h('input', { type: 'radio', name: 'kind', value: kind, checked: kind === current });
  radio.addEventListener('change', () => onChosen(kind));
  return h('label', { className: 'choice' }, radio, KIND_WORDS[kind]);
}

const ABOUT: Record<StorageKind, (company: string, present: Present, onChanged: () => void) => Questions> = {
  local: (company, present, onChanged) => ({
    elements: [h('p', { className: 'soft' }, 'Files lie where the operator of this installation keeps them.')],
    promise: present.storage.kind === 'local' ? null : 'Keep the files on the server',
    answer: () => choose(company, { kind: 'local' }, present, onChanged),
  }),
  minio: bucketQuestions,
  yandex_disk: diskQuestions,
};

function bucketQuestions(company: string, present: Present, onChanged: () => void): Questions {
  const known = present.storage.minio;
  const text = (name: keyof Bucket, placeholder: string, required: boolean) =>
    h('input', { name, placeholder, required, value: String(known?.[name] ?? ''), autocomplete: 'off' });
  const endpoint = text('endpoint', 'https://s3.example.org', true);
  const bucket = text('bucket', 'pictures', true);
  const prefix = text('prefix', 'vertex', false);
  const region = text('region', 'us-east-1', false);
  const hint = known ? 'as it is' : '';
  const accessKey = h('input', { name: 'access_key', required: !known, placeholder: hint, autocomplete: 'off' });
  const secretKey = h('input', { name: 'secret_key', type: 'password', required: !known, placeholder: hint, autocomplete: 'new-password' });
  const virtualHost = tick('virtual_host', 'The bucket’s name is part of the host, as at AWS', known?.virtual_host ?? false);
  const directLinks = tick('direct_links', 'Browsers read videos straight from the bucket (its CORS rules must allow it)', known?.direct_links ?? true);

  const named = (): NewStorage => ({
    kind: 'minio',
    endpoint: endpoint.value.trim(),
    bucket: bucket.value.trim(),
    prefix: prefix.value.trim(),
    ...(region.value.trim() && { region: region.value.trim() }),
    ...(accessKey.value && { access_key: accessKey.value.trim() }),
    ...(secretKey.value && { secret_key: secretKey.value }),
    virtual_host: virtualHost.input.checked,
    direct_links: directLinks.input.checked,
  });
  return {
    elements: [
      field('Address', endpoint),
      field('Bucket', bucket),
      field('Folder in it (optional)', prefix),
      field('Region (optional)', region),
      field('Access key', accessKey),
      field('Secret key', secretKey),
      virtualHost.element,
      directLinks.element,
    ],
    promise: 'Try it and keep the files there',
    answer: () => choose(company, named(), present, onChanged),
  };
}

function diskQuestions(company: string, { storage, usage }: Present): Questions {
  const folder = h('input', { name: 'folder', placeholder: 'Vertex AR', value: storage.yandex_disk?.folder ?? '' });
  return {
    elements: [
      field('Folder on the disk', folder),
      h('p', { className: 'soft' }, 'Whoever owns the disk signs in at Yandex and consents; then you are back here.'),
    ],
    promise: storage.kind === 'yandex_disk' ? 'Connect it again' : 'Connect a Yandex Disk',
    async answer() {
      const { url } = await connectYandexDisk(company, folder.value.trim(), usage.files > 0);
      location.assign(url);
    },
  };
}

function tick(name: string, label: string, checked: boolean) {
  const input = h('input', { type: 'checkbox', name, checked });
  const error = h('p', { className: 'error', hidden: true, data: { errorOf: name } });
  return { input, element: h('div', {}, h('label', { className: 'choice' }, input, label), error) };
}

async function choose(company: string, place: NewStorage, present: Present, onChanged: () => void): Promise<void> {
  if (wayTo(place, present) === 'put') {
    await putStorage(company, place);
    notify('It works, and the files are kept there from now on.');
  } else {
    await moveStorage(company, place);
    notify('It works. The files are on their way.');
  }
  onChanged();
}
