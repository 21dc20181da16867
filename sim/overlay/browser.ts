import { ChunkPool } from '#core/base/chunk-pool.ts';
import { type Id, NO_ID } from '#core/base/slab.ts';
import { US_PER_MS } from '#core/base/time.ts';
import type { Endpoint, HostEvent } from '#core/host/mod.ts';
import { Switchboard, type Timed } from '#core/node/mod.ts';
import { Visit, type VisitPlan } from './visit.ts';

const POOL_OCTETS = 256 * 1024 * 1024;

/** A program on the person's computer: visits pages through the client's SOCKS port, as any program would. */
export class Browser extends Switchboard {
  readonly visits: Visit[] = [];
  protected readonly timed: readonly Timed[];
  readonly #proxy: Endpoint;
  readonly #pool = new ChunkPool(POOL_OCTETS);
  readonly #toCome: VisitPlan[];
  #isStarted = false;

  constructor(proxy: Endpoint, plans: readonly VisitPlan[]) {
    super();
    this.#proxy = proxy;
    this.#toCome = [...plans].sort((a, b) => a.startMs - b.startMs || a.page - b.page);
    const self = this;
    this.timed = [
      {
        get deadlineUs(): number {
          return self.#deadlineUs();
        },
        handleTimeout: (nowUs) => this.#due(nowUs),
      },
    ];
  }

  /** Every visit is over. */
  get isDone(): boolean {
    return (
      this.#isStarted && this.#toCome.length === 0 && this.visits.every(({ isOver }) => isOver)
    );
  }

  protected happened(_nowUs: number, event: HostEvent): void {
    if (event.kind === 'wall') this.#isStarted = true;
  }

  #deadlineUs(): number {
    const next = this.#toCome[0];
    let earliest =
      this.#isStarted && next !== undefined ? next.startMs * US_PER_MS : Number.POSITIVE_INFINITY;
    for (const visit of this.visits) earliest = Math.min(earliest, visit.nextReadUs);
    return earliest;
  }

  #due(nowUs: number): void {
    for (let plan = this.#toCome[0]; plan !== undefined; plan = this.#toCome[0]) {
      if (!this.#isStarted || plan.startMs * US_PER_MS > nowUs) break;
      this.#toCome.shift();
      const visit = new Visit(this, this.#pool, plan, nowUs);
      this.visits.push(visit);
      const id: Id = this.connect(visit, this.#proxy);
      if (id === NO_ID) throw new Error('a browser has few streams');
      visit.dialled(id);
    }
    for (const visit of this.visits) if (visit.nextReadUs <= nowUs) visit.tick(nowUs);
  }
}
