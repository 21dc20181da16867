import type { Id } from '#core/base/slab.ts';
import type { Root } from '#core/host/mod.ts';

/** A root around another that hands every call on: what watches or spoils a root overrides some of them. */
export class WrappedRoot implements Root {
  protected readonly inner: Root;

  constructor(inner: Root) {
    this.inner = inner;
  }

  get deadlineUs(): number {
    return this.inner.deadlineUs;
  }

  handleTimeout(nowUs: number): void {
    this.inner.handleTimeout(nowUs);
  }

  accept(...call: Parameters<Root['accept']>): Id {
    return this.inner.accept(...call);
  }

  handle(...call: Parameters<Root['handle']>): void {
    this.inner.handle(...call);
  }

  opened(nowUs: number, id: Id): void {
    this.inner.opened(nowUs, id);
  }

  receive(...call: Parameters<Root['receive']>): number {
    return this.inner.receive(...call);
  }

  ended(nowUs: number, id: Id): void {
    this.inner.ended(nowUs, id);
  }

  transmit(...call: Parameters<Root['transmit']>): number {
    return this.inner.transmit(...call);
  }

  closed(...call: Parameters<Root['closed']>): void {
    this.inner.closed(...call);
  }

  pollWake(nowUs: number): Id {
    return this.inner.pollWake(nowUs);
  }

  pollCommand(): ReturnType<Root['pollCommand']> {
    return this.inner.pollCommand();
  }

  receiveDatagrams(...call: Parameters<Root['receiveDatagrams']>): void {
    this.inner.receiveDatagrams(...call);
  }

  transmitDatagrams(...call: Parameters<Root['transmitDatagrams']>): void {
    this.inner.transmitDatagrams(...call);
  }
}
