import { describe, expect, test } from 'vitest';
import { chooseLanguage, dictionaries } from './text';

describe.each(Object.entries(dictionaries))('the %s dictionary', (_, words) => {
  test('has words for every state', () => {
    for (const { title, text } of Object.values(words.states)) {
      expect(title.trim()).not.toBe('');
      expect(text.trim()).not.toBe('');
    }
  });

  test('has the same states and the same buttons as the English one', () => {
    const shape = ({ states }: typeof words) =>
      Object.fromEntries(Object.entries(states).map(([name, message]) => [name, message.action !== undefined]));
    expect(shape(words)).toEqual(shape(dictionaries.en));
    expect(Object.keys(words)).toEqual(Object.keys(dictionaries.en));
  });
});

test('Russian words are written in Cyrillic', () => {
  const { states, ...rest } = dictionaries.ru;
  const all = [...Object.values(states).flatMap((message) => Object.values(message)), ...Object.values(rest)];
  expect(all.filter((words) => !/[а-яё]/i.test(String(words)))).toEqual([]);
});

test.each([
  [['ru-RU', 'en'], 'ru'],
  [['de', 'RU'], 'ru'],
  [['fr-FR', 'de'], 'en'],
  [['en-GB', 'ru'], 'en'],
  [[], 'en'],
])('a visitor who prefers %o reads %s', (preferred, language) => expect(chooseLanguage(preferred)).toBe(language));
