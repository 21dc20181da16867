// What goes over the wires of a run as a file that Wireshark opens.
//
// capture.ts chooses what is written, and says what became of it; frame.ts puts headers in front of payloads as they
// are on a wire, checksums included; pcapng.ts is the file format. All of it is a function of the run: the octets go
// to whoever has a file, in pieces of one buffer.
export { Capture } from './capture.ts';
