/** Named counters over one array. Names are a closed list, never peers, circuits or destinations. */
export class Counters<Name extends string> {
  readonly names: readonly Name[];
  readonly #values: Float64Array;

  constructor(names: readonly Name[]) {
    this.names = names;
    this.#values = new Float64Array(names.length);
  }

  add(name: Name, by = 1): void {
    const at = this.names.indexOf(name);
    this.#values[at] = (this.#values[at] as number) + by;
  }

  get(name: Name): number {
    return this.#values[this.names.indexOf(name)] as number;
  }

  get total(): number {
    return this.#values.reduce((sum, value) => sum + value, 0);
  }

  /** All of them, in the order of their names. */
  toJSON(): { readonly [name: string]: number } {
    return Object.fromEntries(this.names.map((name) => [name, this.get(name)]));
  }
}

/** Where a part of a machine counts: the machine's counters, which may know more names than the part does. */
export interface Tally<Name extends string> {
  add(name: Name): void;
}
