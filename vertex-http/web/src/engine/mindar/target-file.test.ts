import { encode } from '@msgpack/msgpack';
import { expect, test } from 'vitest';
import { Compiler, readTargets } from './target-file';

const bytes = (value: unknown) => new Uint8Array(encode(value)).slice().buffer;
const target = { targetImage: { width: 512, height: 384 }, trackingData: [], matchingData: [] };

test('reads the pictures of a version 2 file, for us and for MindAR’s controller', () => {
  const file = bytes({ v: 2, dataList: [target] });
  expect(readTargets(file)).toEqual([target]);
  expect(new Compiler().importData(file)).toEqual([target]);
});

test.each([
  ['another version', { v: 1, dataList: [target] }],
  ['no pictures', { v: 2, dataList: [] }],
  ['a picture without a size', { v: 2, dataList: [{ ...target, targetImage: {} }] }],
  ['a picture without points', { v: 2, dataList: [{ targetImage: target.targetImage }] }],
  ['no map at all', 'text'],
])('refuses %s', (_, value) => expect(() => readTargets(bytes(value))).toThrow());

test('refuses bytes that are no file of this kind', () => {
  expect(() => readTargets(new TextEncoder().encode('<!doctype html>').buffer)).toThrow();
  expect(() => readTargets(new ArrayBuffer(0))).toThrow();
});
