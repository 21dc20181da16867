/** What a measurement found, and whether that meets its bar. */
export type Found = { readonly measured: string; readonly ok: boolean };

/** A row to be measured. */
export type Claim = {
  readonly claim: string;
  readonly bar: string;
  readonly unit: string;
  /** What measures it again; with other rows where it has no command of its own. */
  readonly command: string;
  readonly measure: () => Promise<Found>;
};

/** One line of what we claim, measured again. */
export type Row = Omit<Claim, 'measure'> & Found;
