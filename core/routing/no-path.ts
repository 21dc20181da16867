/** Why there is no path. Closed union; NO_PATH_LINE is what a person is told. */
export type NoPathReason =
  | 'too-few-nodes' // fewer usable nodes than hops
  | 'no-exit' // no usable exit, or none of the homes is one where the path is a single hop
  | 'no-home' // neither pinned home is usable
  | 'exit-cap' // so much exit weight is to be avoided that the rest would be drawn beyond EXIT_SHARE_CAP
  | 'constraints'; // no set of nodes of different owner, AS and network

export type NoPath = { readonly reason: NoPathReason };

// biome-ignore format: a table
export const NO_PATH_LINE: { readonly [reason in NoPathReason]: string } = Object.freeze({
  'too-few-nodes': 'The network has fewer working nodes than this path has hops.',
  'no-exit': 'No working exit is known for this destination.',
  'no-home': 'Neither of your home nodes is working.',
  'exit-cap': 'Most exits failed lately; the few that are left would see too much.',
  'constraints': 'The working nodes are too much alike (owner, provider or network) for a path of this length.',
});

/** The answer that there is none. */
export function noPath(reason: NoPathReason): NoPath {
  return { reason };
}
