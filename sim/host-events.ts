/** What happens to a host: the kinds of its events. */
export const KIND: {
  readonly [kind in
    | 'start'
    | 'again'
    | 'timer'
    | 'transport'
    | 'later'
    | 'wake'
    | 'stored']: number;
} = Object.freeze({
  start: 1,
  again: 2,
  timer: 3,
  transport: 4,
  later: 5,
  wake: 6,
  stored: 7,
});

/** In the order of their numbers. */
const WORDS: readonly string[] = Object.freeze([
  'the program starts',
  'the program goes on',
  "the program's timer",
  'the timer of a stream',
  'the kernel does what it had put off',
  'the machine wakes',
  'a write of the program is on the disk',
]);

export function eventInWords(kind: number): string {
  return WORDS[kind - 1] ?? `event ${kind}`;
}

/** Whether it is for one program and no later one. */
export function isForProgram(kind: number): boolean {
  return kind === KIND.start || kind === KIND.again || kind === KIND.timer || kind === KIND.stored;
}
