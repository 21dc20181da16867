// The way of one cell, there and back, as the code tells it: a small network runs with a trace at every host
// (record.ts, ends.ts), one octet of the request and one of the page are followed through what was told (follow.ts),
// and each step is shown with the place in the sources that told it (places.ts, show.ts).
export { walk } from './walk.ts';
