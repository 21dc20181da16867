import { CLASS } from '../event-queue.ts';
import { FATE } from '../recorder.ts';
import type { World } from '../world.ts';
import type { Impairments } from './impairments.ts';
import type { Pipe } from './link.ts';
import { ARRIVAL, type PacketSlab } from './packet.ts';
import type { PipeExtras } from './pipe-extras.ts';

/** The packet reaches the far end then. */
export function arrive(world: World, pipe: Pipe, packet: number, atNs: number): void {
  world.schedule(atNs, CLASS.packet, pipe.to, pipe.from, ARRIVAL, packet, pipe.number);
}

/** The same on a wire that may keep the order: not before what was sent before. */
export function arriveLate(
  world: World,
  pipe: Pipe,
  packet: number,
  atNs: number,
  impairments: Impairments,
): void {
  const isEarly = impairments.keepsOrder && atNs < impairments.lastNs;
  const lateNs = isEarly ? impairments.lastNs : atNs;
  if (lateNs > impairments.lastNs) impairments.lastNs = lateNs;
  arrive(world, pipe, packet, lateNs);
}

/** The way of a packet over a wire on which things go wrong; `atNs` is when it arrives at best. False: it is gone. */
export function cross(
  world: World,
  packets: PacketSlab,
  pipe: Pipe,
  extras: PipeExtras,
  packet: number,
  atNs: number,
): boolean {
  const impairments = extras.impairments as Impairments;
  if (impairments.loses()) {
    extras.lost += 1;
    world.recorder?.packet(FATE.lost, packet, pipe);
    packets.release(packet);
    return false;
  }
  const bit = impairments.damagedBit(8 * (packets.length[packet] as number));
  if (bit >= 0) {
    packets.damage(packet, bit);
    world.recorder?.packet(FATE.damaged, packet, pipe);
  }
  if (impairments.duplicates()) {
    extras.duplicated += 1;
    const twin = packets.copy(packet);
    packets.departNs[twin] = -(packets.departNs[packet] as number);
    world.recorder?.packet(FATE.doubled, twin, pipe);
    arriveLate(world, pipe, twin, atNs + impairments.lateNs(), impairments);
  }
  arriveLate(world, pipe, packet, atNs + impairments.lateNs(), impairments);
  return true;
}
