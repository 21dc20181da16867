type Parting = { readonly from: ReadonlySet<number>; readonly to: ReadonlySet<number> };

/**
 * Nodes that are parted from others: what one sends to another is gone, silently, where it is sent, or where a box
 * finds out whom it is for.
 */
export class Partings {
  /** Packets kept from where they were sent to. */
  kept = 0;
  readonly #inForce = new Set<Parting>();

  /** How many are in force. */
  get count(): number {
    return this.#inForce.size;
  }

  /** What one of `from` sends to one of `to` is gone. Answers how to join them again. */
  part(from: readonly number[], to: readonly number[]): () => void {
    const parting = { from: new Set(from), to: new Set(to) };
    this.#inForce.add(parting);
    return () => this.#inForce.delete(parting);
  }

  /** Whether a packet is kept that `node` sent first, and counts it. */
  keep(node: number, dest: number): boolean {
    const isKept = this.parts(node, dest);
    if (isKept) this.kept += 1;
    return isKept;
  }

  /** Whether a node is parted from another now. */
  parts(node: number, dest: number): boolean {
    for (const { from, to } of this.#inForce) if (from.has(node) && to.has(dest)) return true;
    return false;
  }
}
