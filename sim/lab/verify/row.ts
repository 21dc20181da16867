/** One line of what we claim, measured again. */
export type Row = {
  readonly claim: string;
  readonly bar: string;
  readonly measured: string;
  readonly unit: string;
  readonly ok: boolean;
  /** What measures it alone. */
  readonly command: string;
};

/** A row to be measured; `measure` says what it found and whether that meets the bar. */
export type Claim = {
  readonly claim: string;
  readonly bar: string;
  readonly unit: string;
  readonly command: string;
  readonly measure: () => Promise<{ readonly measured: string; readonly ok: boolean }>;
};
