import { expect, test } from 'vitest';
import { linkTranscript } from './transcript.case.ts';
import { LINK_VECTOR } from './vectors/link.ts';

test('every message of a link is octet for octet what it was', () => {
  expect(linkTranscript()).toEqual(LINK_VECTOR);
});
