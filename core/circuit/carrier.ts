import type { Cause, StreamUser } from '#core/host/mod.ts';
import type { LinkPort } from '#core/link/mod.ts';
import {
  STEP_CELL_CUT,
  STEP_CONTROL_QUEUED,
  STEP_CREDIT_CAME,
  STEP_CREDIT_OWED,
  STEP_FRAME_WRITTEN,
  type Tally,
  type Trace,
} from '#core/observe/mod.ts';
import { CIRCUIT_WINDOW } from '../base/limits.ts';
import type { Id } from '../base/slab.ts';
import type { Micros } from '../base/time.ts';
import { CarriedLink } from './carried-link.ts';
import { ControlBudget } from './control-budget.ts';
import {
  CELL_LARGE,
  FRAME_CREATE,
  FRAME_CREATED,
  FRAME_CREDIT,
  FRAME_DESTROY,
  FRAME_HEADER_LEN,
  FRAME_LARGE,
  FRAME_SMALL,
  frameBodyLen,
  readU32,
  writeFrameHeader,
} from './frame.ts';
import { Leg, type LegUser } from './leg.ts';

/** Why a neighbour's frames are refused. `frame-*` end the link, the others the circuit. */
export type FrameReject =
  | 'frame-malformed'
  | 'frame-circuit-unknown'
  | 'frame-circuit-taken'
  | 'frame-unread'
  | 'frame-limit'
  | 'circuit-limit'
  | 'circuit-credit'
  | 'circuit-early';

export const FRAME_REJECTS: readonly FrameReject[] = Object.freeze<FrameReject[]>([
  'frame-malformed',
  'frame-circuit-unknown',
  'frame-circuit-taken',
  'frame-unread',
  'frame-limit',
  'circuit-limit',
  'circuit-credit',
  'circuit-early',
]);

/** Who decides what becomes of links and of the circuits that others create over them. */
export interface CarrierUser {
  linkOpened(nowUs: Micros, link: Id): void;
  linkClosed(nowUs: Micros, link: Id, cause: Cause): void;
  /** A neighbour's CREATE. To take it, set the leg's user; else the circuit is destroyed. */
  create(nowUs: Micros, leg: Leg, body: Uint8Array): void;
}

/** All circuits over all links of a root: cuts records into frames, and chooses whose cell goes next. PROTOCOL §9. */
export class Carrier implements StreamUser {
  readonly #links: LinkPort;
  readonly #user: CarrierUser;
  readonly #rejects: Tally<FrameReject>;
  readonly #trace: Trace;
  readonly #carried = new Map<Id, CarriedLink>();
  readonly #control = new ControlBudget<CarriedLink>();

  constructor(links: LinkPort, user: CarrierUser, rejects: Tally<FrameReject>, trace?: Trace) {
    this.#trace = trace;
    this.#links = links;
    this.#user = user;
    this.#rejects = rejects;
  }

  /** What the control frames of all links cost that have not left yet. */
  get controlOwed(): number {
    return this.#control.owed;
  }

  /** Circuits over a link; -1 when there is no such link. */
  circuitsOf(link: Id): number {
    return this.#carried.get(link)?.legs.size ?? -1;
  }

  /** Circuits on all links. */
  *legs(): Iterable<Leg> {
    for (const { legs } of this.#carried.values()) yield* legs.values();
  }

  /** Says before its `opened` that a link was dialled by us: whose circuit numbers are whose follows from that. */
  dialled(link: Id): void {
    this.#carried.set(link, new CarriedLink(link, true, this.#control));
  }

  /** Sends a CREATE over an open link. Undefined when it has all the circuits it may have. */
  create(link: Id, user: LegUser, body: Uint8Array): Leg | undefined {
    const carried = this.#carried.get(link);
    const circuit = carried?.freeNumber();
    if (carried === undefined || circuit === undefined) return undefined;
    const leg = new Leg(this, link, circuit, true, user);
    carried.legs.set(circuit, leg);
    this.#send(carried, circuit, FRAME_CREATE, body);
    return leg;
  }

  // ---- legs ----------------------------------------------------------------------------------------------

  sendCreated(leg: Leg, answer: Uint8Array): void {
    const carried = this.#carried.get(leg.link);
    if (carried !== undefined) this.#send(carried, leg.circuit, FRAME_CREATED, answer);
  }

  ready(leg: Leg): void {
    const carried = this.#carried.get(leg.link);
    if (carried === undefined || leg.credit < CELL_LARGE) return;
    carried.ready.add(leg);
    this.#links.wake(leg.link);
  }

  owe(leg: Leg): void {
    this.#trace?.(STEP_CREDIT_OWED, leg.circuit, leg.taken);
    this.#carried.get(leg.link)?.owing.add(leg);
    this.#links.wake(leg.link);
  }

  destroyLeg(leg: Leg): void {
    const carried = this.#carried.get(leg.link);
    if (carried === undefined) return;
    carried.forget(leg);
    // Its number stays taken until the neighbour has answered: what is on its way is not for a newer circuit.
    carried.closing.add(leg.circuit);
    this.#send(carried, leg.circuit, FRAME_DESTROY, undefined);
  }

  // ---- StreamUser ----------------------------------------------------------------------------------------

  opened(nowUs: Micros, id: Id): void {
    if (!this.#carried.has(id)) this.#carried.set(id, new CarriedLink(id, false, this.#control));
    this.#user.linkOpened(nowUs, id);
  }

  /** One record: whole frames. All of it is taken; what a circuit may bring is bounded by its window. */
  receive(nowUs: Micros, id: Id, bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end) {
      const carried = this.#carried.get(id);
      if (carried === undefined || carried.isOver) break;
      const kind = bytes[at + 4] as number;
      const bodyLen = frameBodyLen(kind);
      const body = at + FRAME_HEADER_LEN;
      if (body > end || bodyLen < 0 || bodyLen > end - body) {
        this.#refuse(carried, 'frame-malformed');
        break;
      }
      const reject = this.#frame(nowUs, carried, readU32(bytes, at), kind, bytes, body, bodyLen);
      if (reject !== undefined) {
        this.#refuse(carried, reject);
        break;
      }
      at = body + bodyLen;
    }
    return end - start;
  }

  /** A neighbour that has no more to say is of no more use. */
  ended(_nowUs: Micros, id: Id): void {
    this.#links.abort(id);
  }

  /** Control first, then one cell of each ready circuit by turns, while they fit. */
  transmit(nowUs: Micros, id: Id, out: Uint8Array, start: number, end: number): number {
    const carried = this.#carried.get(id);
    if (carried === undefined) return 0;
    let at = carried.control(out, start, end);
    if (!carried.isClear) return at - start;
    for (const leg of carried.ready) {
      const body = at + FRAME_HEADER_LEN;
      const cellLen =
        leg.credit < CELL_LARGE ? 0 : (leg.user?.pull(nowUs, leg, out, body, end - body) ?? 0);
      if (cellLen > 0) {
        writeFrameHeader(out, at, leg.circuit, cellLen === CELL_LARGE ? FRAME_LARGE : FRAME_SMALL);
        leg.credit -= cellLen;
        this.#trace?.(STEP_FRAME_WRITTEN, leg.circuit, FRAME_HEADER_LEN + cellLen);
        at = body + cellLen;
      } else if (cellLen < 0) break;
      carried.ready.delete(leg);
      if (cellLen > 0 && leg.state === 'open') carried.ready.add(leg);
    }
    return at - start;
  }

  closed(nowUs: Micros, id: Id, cause: Cause): void {
    const carried = this.#carried.get(id);
    this.#carried.delete(id);
    carried?.end();
    for (const leg of carried?.legs.values() ?? []) {
      leg.state = 'gone';
      leg.user?.destroyed(nowUs, leg);
    }
    this.#user.linkClosed(nowUs, id, cause);
  }

  // ---- what arrives --------------------------------------------------------------------------------------

  /** Answers why the link has to end, if it has to. */
  #frame(
    nowUs: Micros,
    carried: CarriedLink,
    circuit: number,
    kind: number,
    bytes: Uint8Array,
    at: number,
    length: number,
  ): FrameReject | undefined {
    if (kind === FRAME_CREATE)
      return this.#createCame(nowUs, carried, circuit, bytes.slice(at, at + length));
    const leg = carried.legs.get(circuit);
    if (leg === undefined) {
      if (!carried.closing.has(circuit)) return 'frame-circuit-unknown';
      if (kind === FRAME_DESTROY) carried.closing.delete(circuit);
      return undefined;
    }
    switch (kind) {
      case FRAME_CREATED:
        if (!leg.isOurs || leg.state !== 'creating') return 'frame-malformed';
        leg.state = 'open';
        leg.user?.created(nowUs, leg, bytes.slice(at, at + length));
        return undefined;
      case FRAME_CREDIT:
        leg.credit += readU32(bytes, at);
        this.#trace?.(STEP_CREDIT_CAME, circuit, readU32(bytes, at));
        if (leg.credit > CIRCUIT_WINDOW) this.#end(nowUs, leg, 'circuit-credit');
        else leg.ready();
        return undefined;
      case FRAME_DESTROY:
        carried.forget(leg);
        this.#send(carried, circuit, FRAME_DESTROY, undefined);
        leg.user?.destroyed(nowUs, leg);
        return undefined;
      default:
        this.#cell(nowUs, leg, bytes, at, length);
        return undefined;
    }
  }

  #createCame(
    nowUs: Micros,
    carried: CarriedLink,
    circuit: number,
    body: Uint8Array,
  ): FrameReject | undefined {
    if (carried.isOurNumber(circuit)) return 'frame-malformed';
    if (carried.legs.has(circuit) || carried.closing.has(circuit)) return 'frame-circuit-taken';
    const leg = new Leg(this, carried.link, circuit, false, undefined);
    if (carried.isFull) {
      this.#rejects.add('circuit-limit');
      this.destroyLeg(leg);
      return undefined;
    }
    carried.legs.set(circuit, leg);
    this.#user.create(nowUs, leg, body);
    if (leg.user === undefined) leg.destroy();
    return undefined;
  }

  #cell(nowUs: Micros, leg: Leg, bytes: Uint8Array, at: number, cellLen: number): void {
    if (leg.state !== 'open') return this.#end(nowUs, leg, 'circuit-early');
    if (cellLen > leg.granted) return this.#end(nowUs, leg, 'circuit-credit');
    leg.granted -= cellLen;
    this.#trace?.(STEP_CELL_CUT, leg.circuit, FRAME_HEADER_LEN + cellLen);
    leg.user?.cell(nowUs, leg, bytes, at, cellLen);
  }

  /** A neighbour broke a rule on one circuit. */
  #end(nowUs: Micros, leg: Leg, reject: FrameReject): void {
    this.#rejects.add(reject);
    leg.destroy();
    leg.user?.destroyed(nowUs, leg);
  }

  #refuse(carried: CarriedLink, reject: FrameReject): void {
    if (carried.isOver) return;
    carried.end();
    this.#rejects.add(reject);
    this.#links.abort(carried.link);
  }

  #send(carried: CarriedLink, circuit: number, kind: number, body: Uint8Array | undefined): void {
    if (carried.isOver) return;
    const frame = new Uint8Array(FRAME_HEADER_LEN + frameBodyLen(kind));
    writeFrameHeader(frame, 0, circuit, kind);
    if (body !== undefined) frame.set(body, FRAME_HEADER_LEN);
    carried.send(frame);
    this.#trace?.(STEP_CONTROL_QUEUED, circuit, kind);
    if (carried.isUnread) this.#refuse(carried, 'frame-unread');
    else this.#links.wake(carried.link);
    for (let one = this.#control.overdrawn; one !== undefined; one = this.#control.overdrawn)
      this.#refuse(one, 'frame-limit');
  }
}
