import { expect, test } from 'vitest';
import { problemOf } from './camera';

test.each([
  ['NotAllowedError', 'camera-refused'],
  ['SecurityError', 'camera-refused'],
  ['NotReadableError', 'camera-busy'],
  ['AbortError', 'camera-busy'],
  ['NotFoundError', 'no-camera'],
  ['OverconstrainedError', 'no-camera'],
])('%s means %s', (name, problem) => expect(problemOf(new DOMException('', name))).toBe(problem));

test('anything else means that there is no camera', () => expect(problemOf('odd')).toBe('no-camera'));
