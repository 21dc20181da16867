import { ALL_STEPS } from './ends.ts';
import type { Role, Told } from './record.ts';

/** What one host told, without control: finds steps by kind, by number, and by the octets they moved. */
export class HostSteps {
  readonly role: Role;
  readonly told: readonly Told[];
  readonly #all: readonly Told[];

  constructor(role: Role, told: readonly Told[]) {
    this.role = role;
    this.#all = told;
    this.told = told.filter(({ step }) => ALL_STEPS[step]?.way !== 'control');
  }

  /** Octets of all steps of a kind, control included; with `before`, of those before that place. */
  sum(step: number, before?: number): number {
    const steps = before === undefined ? this.#all : this.told.slice(0, before);
    return steps.reduce((sum, { step: other, b }) => sum + (other === step ? b : 0), 0);
  }

  /** Steps of a kind before a place. */
  count(step: number, before: number): number {
    return this.told.slice(0, before).filter(({ step: other }) => other === step).length;
  }

  /** The place of the step of a kind that moved the octet at `offset`, counted from the first octet moved so. */
  covering(step: number, offset: number): number {
    let moved = 0;
    const place = this.told.findIndex(({ step: other, b }) => {
      if (other === step) moved += b;
      return moved > offset;
    });
    return this.#known(place, step);
  }

  /** The first of a kind at or behind a place, and the last before it. */
  first(from: number, step: number): number {
    const place = this.told.slice(from).findIndex(({ step: other }) => other === step);
    return this.#known(place < 0 ? place : from + place, step);
  }

  last(before: number, step: number): number {
    return this.#known(
      this.told.slice(0, before).findLastIndex(({ step: other }) => other === step),
      step,
    );
  }

  /** The place of number `n`, from 0, of those steps of a kind that are, or are not, followed by `next`. */
  nth(step: number, n: number, next: number, isFollowed: boolean): number {
    let found = -1;
    const place = this.told.findIndex(({ step: other }, i) => {
      if (other === step && (this.told[i + 1]?.step === next) === isFollowed) found += 1;
      return found === n;
    });
    return this.#known(place, step);
  }

  rows(...places: readonly number[]): readonly (Told & { readonly role: Role })[] {
    return places.map((place) => ({ ...(this.told[place] as Told), role: this.role }));
  }

  /** From one place to another, both included. */
  between(from: number, to: number): readonly (Told & { readonly role: Role })[] {
    return this.told.slice(from, to + 1).map((told) => ({ ...told, role: this.role }));
  }

  #known(place: number, step: number): number {
    if (place < 0) throw new Error(`the ${this.role} never told ${ALL_STEPS[step]?.name}`);
    return place;
  }
}
