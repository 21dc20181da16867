import { expect, test } from 'vitest';
import { circuitTranscript } from './transcript.case.ts';
import { CIRCUIT_VECTOR } from './vectors/circuit.ts';

test('every message of a circuit is octet for octet what it was', () => {
  expect(circuitTranscript()).toEqual(CIRCUIT_VECTOR);
});
