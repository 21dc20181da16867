// Which path. Whoever chooses paths cleverly can be led: a node that is near, fast or fresh draws the clients its
// owner wants. So the map's measured weights decide, the same function for everybody, and clients measure nothing.
//
//   router.ts      exit first, then one of two pinned homes, then middles
//   diversity.ts   what no two nodes of a path may share
//   draw.ts        integers without bias; no floating point
//   no-path.ts     why there is none, one line each
//
// An exit owner's chance is never more than EXIT_SHARE_CAP times its share of the measured exit weight. There is one
// region so far: every exit is drawn by weight, so an owner's chance is its share, and the cap only speaks when a
// request avoids more than two thirds of the exit weight. An exit that fits no home is drawn again, which is outside of
// the cap and rare. A nearness rule has to keep the cap for every destination.
//
// Two homes, because with one the exits a client never uses would tell which home it has (Tor proposal 291).
export { NO_PATH_LINE, type NoPath, type NoPathReason } from './no-path.ts';
export { type Homes, type PathRequest, Router } from './router.ts';
