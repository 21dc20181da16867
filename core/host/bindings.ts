import { assert } from '../base/assert.ts';
import type { Id } from '../base/slab.ts';
import type { HostEvent } from './contract.ts';

type Kind = 'listen' | 'bind';
type Binding = { readonly kind: Kind; life: 'binding' | 'bound' | 'unbinding' };

/**
 * What a root listens on and is bound to, from the command to `unbound`. A host may be slow to see that the root
 * unbound something: here nothing but `unbound` follows, whatever the host was about to say.
 */
export class Bindings {
  readonly #bindings = new Map<Id, Binding>();

  begin(id: Id, kind: Kind): void {
    assert(!this.#bindings.has(id), 'an id is bound once');
    this.#bindings.set(id, { kind, life: 'binding' });
  }

  /** Whether there is something to unbind. */
  end(id: Id): boolean {
    const binding = this.#bindings.get(id);
    if (binding === undefined || binding.life === 'unbinding') return false;
    binding.life = 'unbinding';
    return true;
  }

  isBound(id: Id, kind: Kind): boolean {
    const binding = this.#bindings.get(id);
    return binding?.kind === kind && binding.life === 'bound';
  }

  /** A host's event as the root is to see it, or not at all. */
  seen(event: HostEvent): HostEvent | undefined {
    if (event.kind !== 'bound' && event.kind !== 'unbound') return event;
    const binding = this.#bindings.get(event.id);
    if (binding === undefined) return undefined;
    if (event.kind === 'unbound') {
      this.#bindings.delete(event.id);
      return binding.life === 'unbinding' ? { ...event, cause: 'local' } : event;
    }
    if (binding.life !== 'binding') return undefined;
    binding.life = 'bound';
    return event;
  }
}
