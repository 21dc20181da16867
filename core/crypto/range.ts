/** Whether [start, end) lies inside `bytes`. */
export function isWithin(bytes: Uint8Array, start: number, end: number): boolean {
  return start >= 0 && start <= end && end <= bytes.length;
}
