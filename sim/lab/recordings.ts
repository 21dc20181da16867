import { closeSync, openSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { Capture } from '#sim/capture/mod.ts';
import { type Recorder, Recorders } from '#sim/mod.ts';
import { EventLines } from '#sim/trace/mod.ts';
import { UsageFault } from './fault.ts';
import { LAB } from './invocation.ts';

export type RecordingOptions = {
  /** Files for the packets and the events of the run. */
  readonly pcap?: string;
  readonly events?: string;
};

/** What `--pcap` and `--events` name: files that are written while a run goes on, in pieces. */
export class Recordings {
  readonly recorder: Recorder | undefined;
  readonly #ends: (() => void)[] = [];

  /** Opens the files before anything runs. */
  constructor({ pcap, events }: RecordingOptions, token: string) {
    if (pcap !== undefined && events !== undefined && resolve(pcap) === resolve(events))
      throw new UsageFault('--pcap and --events name the same file');
    const recorders: Recorder[] = [];
    if (pcap !== undefined) {
      const file = new OutFile('--pcap', pcap);
      const capture = new Capture((octets) => file.write(octets), `${LAB} replay ${token}`);
      recorders.push(capture);
      this.#ends.push(() => file.close(() => capture.end()));
    }
    if (events !== undefined) {
      const file = new OutFile('--events', events);
      const lines = new EventLines((text) => file.write(new TextEncoder().encode(text)), { token });
      recorders.push(lines);
      this.#ends.push(() => file.close(() => lines.end()));
    }
    this.recorder = recorders.length > 1 ? new Recorders(recorders) : recorders[0];
  }

  /** Writes what is left. */
  end(): void {
    for (const end of this.#ends) end();
  }
}

/** A file of the user's. Whatever cannot be written is said in a line. */
class OutFile {
  readonly #option: string;
  readonly #path: string;
  readonly #file: number;

  constructor(option: string, path: string) {
    this.#option = option;
    this.#path = resolve(path);
    this.#file = this.#attempt(() => openSync(this.#path, 'w'));
  }

  write(octets: Uint8Array): void {
    this.#attempt(() => {
      for (let at = 0; at < octets.length; ) at += writeSync(this.#file, octets, at);
    });
  }

  close(last: () => void): void {
    try {
      last();
    } finally {
      closeSync(this.#file);
    }
  }

  #attempt<Made>(work: () => Made): Made {
    try {
      return work();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      throw new UsageFault(`${this.#option}: cannot write ${this.#path} (${code})`);
    }
  }
}
