// Reads a page far more strictly than a browser: known tags and attributes only, double quotes, everything closed,
// five entities. A page it takes has no element that the code did not write.

export type HtmlElement = {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: (HtmlElement | string)[];
};

const TAGS: ReadonlySet<string> = new Set(
  (
    'html head meta title style body header main nav footer section h1 h2 h3 p a ul li dl dt dd div span strong ' +
    'code button table thead tbody tr th td details summary figure figcaption script ' +
    'svg g path rect circle text tspan polyline polygon'
  ).split(' '),
);
const ATTRIBUTES: ReadonlySet<string> = new Set(
  (
    'lang charset http-equiv content name id class href hidden type title scope colspan role aria-label ' +
    'aria-labelledby aria-hidden viewBox d x y cx cy r rx width height dx points stroke-width text-anchor ' +
    'visibility data-readings data-wide'
  ).split(' '),
);
const VOID: ReadonlySet<string> = new Set(['meta']);
const INLINE: ReadonlySet<string> = new Set(['strong', 'span', 'code', 'a']);
const RAW: ReadonlySet<string> = new Set(['style', 'script']);
const ENTITIES: { readonly [name: string]: string } = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
};

/** The element `html` of a page. Throws at the first thing that is not as this folder writes it. */
export function readHtml(page: string): HtmlElement {
  const start = '<!doctype html>\n';
  if (!page.startsWith(start)) throw new Error('no doctype');
  const root: HtmlElement = { name: '', attributes: new Map(), children: [] };
  const open: HtmlElement[] = [root];
  const pattern = /<(\/?)([A-Za-z0-9]+)((?:\s+[A-Za-z:-]+(?:="[^"<>]*")?)*)\s*(\/?)>|([^<>]+)/gy;
  pattern.lastIndex = start.length;
  while (pattern.lastIndex < page.length) {
    const at = pattern.lastIndex;
    const match = pattern.exec(page);
    if (match === null) throw new Error(`not HTML at ${at}: ${page.slice(at, at + 80)}`);
    const [, slash, name = '', attributes = '', selfClosing, text] = match;
    const parent = open.at(-1) as HtmlElement;
    if (text !== undefined) {
      parent.children.push(decode(text));
      continue;
    }
    if (!TAGS.has(name)) throw new Error(`unknown tag ${name}`);
    if (slash === '/') {
      if (parent.name !== name) throw new Error(`${name} closed inside ${parent.name}`);
      open.pop();
      continue;
    }
    const element: HtmlElement = { name, attributes: attributesOf(attributes), children: [] };
    parent.children.push(element);
    if (RAW.has(name)) {
      const end = page.indexOf(`</${name}>`, pattern.lastIndex);
      element.children.push(page.slice(pattern.lastIndex, end));
      pattern.lastIndex = end + name.length + 3;
    } else if (selfClosing === '' && !VOID.has(name)) open.push(element);
  }
  if (open.length !== 1) throw new Error(`${open.at(-1)?.name} is not closed`);
  const [html] = root.children;
  if (html === undefined || typeof html === 'string') throw new Error('no element');
  return html;
}

/** Every element below (and with) this one of a tag, with a class if one is named. */
export function all(element: HtmlElement, name: string, className?: string): HtmlElement[] {
  const classes = (element.attributes.get('class') ?? '').split(' ');
  const own = element.name === name && (className === undefined || classes.includes(className));
  const below = element.children.flatMap((child) =>
    typeof child === 'string' ? [] : all(child, name, className),
  );
  return own ? [element, ...below] : below;
}

/** The only such element. */
export function one(element: HtmlElement, name: string, className?: string): HtmlElement {
  const found = all(element, name, className);
  if (found.length !== 1) throw new Error(`${found.length} of ${name}.${className ?? ''}`);
  return found[0] as HtmlElement;
}

/** The text of an element as a reader sees it; spaces run together. */
export function textOf(element: HtmlElement): string {
  return rawText(element).replaceAll(/\s+/g, ' ').trim();
}

/** The element with this id. */
export function byId(element: HtmlElement, id: string): HtmlElement | undefined {
  if (element.attributes.get('id') === id) return element;
  for (const child of element.children) {
    const found = typeof child === 'string' ? undefined : byId(child, id);
    if (found !== undefined) return found;
  }
  return undefined;
}

function rawText({ name, children }: HtmlElement): string {
  const inside = children.map((child) => (typeof child === 'string' ? child : rawText(child)));
  return INLINE.has(name) ? inside.join('') : ` ${inside.join('')} `;
}

function attributesOf(text: string): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  for (const [, name = '', value = ''] of text.matchAll(/([A-Za-z:-]+)(?:="([^"]*)")?/g)) {
    if (!ATTRIBUTES.has(name)) throw new Error(`unknown attribute ${name}`);
    if (attributes.has(name)) throw new Error(`attribute ${name} twice`);
    attributes.set(name, decode(value));
  }
  return attributes;
}

function decode(text: string): string {
  return text.replaceAll(/&[^;]{0,6};?/g, (entity) => {
    const character = ENTITIES[entity];
    if (character === undefined) throw new Error(`unknown entity ${entity}`);
    return character;
  });
}
