import { KeyRing, type NodeIdentity, type Suite } from '#core/crypto/mod.ts';
import type { Endpoint, HostEvent, Random, StreamUser } from '#core/host/mod.ts';
import { type LinkPort, Links } from '#core/link/mod.ts';
import type { Statement } from '#core/wire/mod.ts';
import { NO_ID } from '../base/slab.ts';
import type { Micros } from '../base/time.ts';
import { WallClock } from '../base/wall-clock.ts';
import { KeyTurner } from './key-turner.ts';
import { type Acceptor, Switchboard, type Timed } from './switchboard.ts';

/** What runs over the links of a node. It sees links exactly as a root sees host streams. */
export interface LinkUser extends StreamUser, Timed {
  /** The clock is known, and the listener, if one was asked for, is bound: dialling may begin. */
  started(nowUs: Micros, listening: Endpoint | undefined): void;
  /** The listener could not be bound, or is gone: nobody can reach this node. */
  notListening(nowUs: Micros, cause: (HostEvent & { kind: 'unbound' })['cause']): void;
}

export type LinkNodeOptions = {
  readonly suite: Suite;
  readonly random: Random;
  /** Absent for a client: it introduces itself to nobody, and cannot listen. */
  readonly identity?: NodeIdentity;
  readonly listen?: Endpoint;
  /** Counts this node's starts; 0 where nobody keeps count. */
  readonly boot?: number;
  readonly user: (port: LinkPort) => LinkUser;
};

/** The root of whoever holds links and nothing else: the same object in the simulator and in the binary. */
export class LinkNode extends Switchboard {
  readonly links: Links;
  protected readonly timed: readonly Timed[];
  readonly #listen: Endpoint | undefined;
  readonly #user: LinkUser;
  readonly #wall = new WallClock();
  readonly #keys: KeyRing | undefined;
  readonly #turner: KeyTurner | undefined;
  #isListening = false;
  #isStarted = false;

  constructor(options: LinkNodeOptions) {
    super();
    const { suite, random, identity, listen, boot = 0 } = options;
    this.#listen = listen;
    if (identity !== undefined && listen !== undefined) {
      this.#keys = new KeyRing(suite, random, identity, boot);
      this.#turner = new KeyTurner(
        this.#keys,
        this.#wall,
        () => undefined,
        // Nobody keeps count of its starts: it waits for the next epoch.
        () => undefined,
      );
    }
    let user: LinkUser | undefined;
    this.links = new Links({
      suite,
      random,
      port: this,
      wall: this.#wall,
      ...(identity === undefined ? {} : { identity }),
      ...(this.#keys === undefined ? {} : { keys: this.#keys }),
      user: (port) => {
        user = options.user(port);
        return user;
      },
    });
    this.#user = user as unknown as LinkUser;
    this.timed = [...(this.#turner === undefined ? [] : [this.#turner]), this.links, this.#user];
  }

  /** What this node offers now: others dial it with this. Undefined before the clock is known. */
  get statement(): Statement | undefined {
    return this.#keys?.live[0]?.statement;
  }

  protected happened(nowUs: Micros, event: HostEvent): void {
    if (event.kind !== 'wall') return;
    this.#wall.set(nowUs, event.wallMs);
    this.#turner?.handleTimeout(nowUs);
    if (this.#isStarted || this.#isListening) return;
    if (this.#keys === undefined || this.#listen === undefined) this.#start(nowUs, undefined);
    else this.#isListening = this.listen(this.#acceptor, this.#listen) !== NO_ID;
  }

  readonly #acceptor: Acceptor = {
    accept: (nowUs, from) => this.links.accept(nowUs, from),
    bound: (nowUs, at) => this.#start(nowUs, at),
    unbound: (nowUs, cause) => {
      this.#isListening = false;
      this.#user.notListening(nowUs, cause);
    },
  };

  #start(nowUs: Micros, listening: Endpoint | undefined): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#user.started(nowUs, listening);
  }
}
