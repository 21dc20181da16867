import { CONTROL_ALL_OCTETS_MAX } from '../base/limits.ts';

/** What the control frames of all links of a root cost together, and which link goes when that is too much. */
export class ControlBudget<Debtor> {
  #owed = 0;
  /** Those that are owed frames; first who has taken none for longest. */
  readonly #debtors = new Set<Debtor>();

  /** What is kept now. */
  get owed(): number {
    return this.#owed;
  }

  /** A frame of this cost is kept for a link. */
  add(debtor: Debtor, cost: number): void {
    this.#owed += cost;
    this.#debtors.add(debtor);
  }

  /** Frames of this cost are gone. `isClear`: there are no more of this link's. */
  remove(debtor: Debtor, cost: number, isClear: boolean): void {
    this.#owed -= cost;
    this.#debtors.delete(debtor);
    if (!isClear) this.#debtors.add(debtor);
  }

  /** Who goes, if too much is kept. */
  get overdrawn(): Debtor | undefined {
    if (this.#owed <= CONTROL_ALL_OCTETS_MAX) return undefined;
    for (const debtor of this.#debtors) return debtor;
    return undefined;
  }
}
