// How much of a run one page shows. The rest is counted on the page, never left out in silence.

/** Characters of one text. A log that went into a detail by mistake stays out. */
export const TEXT_MAX = 10_000;
/** Hosts drawn one below another; more are drawn as one stack. */
export const CARDS_PER_COLUMN = 6;
/** Columns of the topology: the roles, and a longer circuit's middle nodes. */
export const COLUMNS_MAX = 10;
/** Routers drawn as bars of their own. */
export const ROUTERS_MAX = 4;
/** Links drawn and listed: 200 hosts with two each. */
export const LINKS_MAX = 400;
/** Lifelines a page is wide enough for. */
export const LIFELINES_MAX = 10;
/** Messages of the sequence diagram: three screens. */
export const MESSAGES_MAX = 80;
/** Layers told apart by colour; circuits have at most 5 hops. */
export const LAYERS_MAX = 5;
/** Points of one curve: two a pixel column show no more. */
export const POINTS_MAX = 400;
/** Charts of each kind. */
export const CHARTS_MAX = 24;
/** Rows of one table: coalitions of two among 24 parties, and themselves. */
export const ROWS_MAX = 300;
/** Largest magnitude a chart takes; beyond it arithmetic on doubles is no picture. */
export const VALUE_MAX = 1e15;
