import * as z from 'zod/mini';

interface Words {
  required: string;
  tooLong: (most: number) => string;
  tooShort: (least: number) => string;
  notAnEmail: string;
}

/** Rules that the API has, too, said before a form is sent. */
export const rules = (words: Words) => ({
  needed: (most: number) => z.string().check(z.trim(), z.minLength(1, words.required), z.maxLength(most, words.tooLong(most))),
  optional: (most: number) => z.string().check(z.trim(), z.maxLength(most, words.tooLong(most))),
  newPassword: () => z.string().check(z.minLength(10, words.tooShort(10)), z.maxLength(256, words.tooLong(256))),
  email: () =>
    z.string().check(
      z.trim(),
      z.refine((text) => text === '' || /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text), words.notAnEmail),
    ),
});

/** An optional text as the API takes it: nothing instead of an empty one. */
export const orNull = (text: string) => (text === '' ? null : text);
