// How encryption is drawn: one coloured sheath around the line for each layer that is still on, the innermost
// layer (the exit's) nearest the line. The topology and the sequence diagram draw alike.
import { type Markup, markup } from './escape.ts';
import { count } from './format.ts';
import { LAYERS_MAX } from './limits.ts';

/** Width of the bare line and of one layer on one side of it, in user units. */
const CORE = 2;
const SHEATH = 2.75;

/** Layers as a whole number of 0 to LAYERS_MAX, whatever was recorded. */
export function layersOf(sealed: number): number {
  return sealed >= 1 ? Math.min(LAYERS_MAX, Math.floor(sealed)) : 0;
}

/** Half the width of a line with its layers. */
export function reachOf(sealed: number): number {
  return CORE / 2 + SHEATH * layersOf(sealed);
}

/** A line along the path `d` in its layers, outermost first. `bare` is the path of the line itself. */
export function cable(d: Markup, sealed: number, bare: Markup = d): Markup {
  const sheaths: Markup[] = [];
  for (let layer = layersOf(sealed); layer > 0; layer--) {
    const width = 2 * reachOf(layer);
    sheaths.push(markup`<path class="sheath layer-${layer}" stroke-width="${width}" d="${d}"/>`);
  }
  return markup`${sheaths}<path class="core" d="${bare}"/>`;
}

/** 'in 3 layers'. */
export function layersText(sealed: number): string {
  return layersOf(sealed) === 0 ? 'no layer left' : `in ${count(layersOf(sealed), 'layer')}`;
}

/** The key to the colours: one cable per count of layers up to `most`, with who takes the outermost one off. */
export function sealedLegend(most: number, peelers: readonly string[]): Markup {
  const entries = Array.from({ length: layersOf(most) + 1 }, (_, i) => {
    const sealed = layersOf(most) - i;
    const peeler = peelers[peelers.length - sealed];
    const whose = sealed === 0 || peeler === undefined ? '' : `, the outermost for ${peeler}`;
    return markup`<li>
<svg class="swatch" viewBox="0 0 44 30" aria-hidden="true">${cable(markup`M2 15H42`, sealed)}</svg>
${sealed === 0 ? 'no layer of the circuit left' : `${count(sealed, 'layer')}${whose}`}</li>`;
  });
  return markup`<ul class="key">${entries}</ul>`;
}
