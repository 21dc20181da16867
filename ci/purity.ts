// What makes a run differ from its replay, found in the syntax tree. Names are judged only where they mean the
// global: a parameter called `process`, a member x.Date and a key { Date: 1 } are nobody's business.
import type { Node } from 'oxc-parser';
import type { Import } from './imports.ts';
import { moduleState } from './module-state.ts';
import type { PurityRule } from './rules.ts';
import { isReference, memberName, type Place, patternNames, walk } from './scope.ts';
import { childrenOf, type Parsed } from './source.ts';

/** An impurity: where, which rule, why. */
export interface Impurity {
  readonly line: number;
  readonly rule: PurityRule;
  readonly message: string;
}

const names = (rule: PurityRule, list: string): readonly (readonly [string, PurityRule])[] =>
  list.split(' ').map((name) => [name, rule] as const);

const GLOBALS: ReadonlyMap<string, PurityRule> = new Map([
  ...names('clock', 'Date performance Temporal'),
  ...names('random', 'crypto Crypto SubtleCrypto getRandomValues randomUUID'),
  ...names('timer', 'setTimeout setInterval setImmediate queueMicrotask'),
  ...names('timer', 'clearTimeout clearInterval clearImmediate scheduler NodeJS'),
  ...names('promise', 'Promise PromiseLike Awaited AsyncIterable AsyncIterator AsyncGenerator'),
  ...names('promise', 'AsyncIterableIterator'),
  ...names('buffer', 'Buffer'),
  ...names(
    'ambient',
    'process globalThis global self window navigator Intl console eval Function require',
  ),
  ...names(
    'ambient',
    'WeakRef FinalizationRegistry fetch WebSocket Worker MessageChannel BroadcastChannel',
  ),
  ...names('ambient', 'AbortSignal Atomics SharedArrayBuffer localStorage __dirname __filename'),
]);

/** Members of a global that fall under another rule than the global itself. */
const MEMBERS: ReadonlyMap<string, PurityRule> = new Map([
  ...names('clock', 'process.hrtime process.uptime'),
  ...names('timer', 'process.nextTick'),
  ...names('random', 'Math.random'),
  ...names('float-math', 'Math.exp Math.expm1 Math.log Math.log1p Math.log2 Math.log10 Math.pow'),
  ...names('float-math', 'Math.sin Math.cos Math.tan Math.asin Math.acos Math.atan Math.atan2'),
  ...names('float-math', 'Math.sinh Math.cosh Math.tanh Math.asinh Math.acosh Math.atanh'),
  ...names('float-math', 'Math.cbrt Math.hypot'),
]);

/** Members that are refused on any object. */
const ANY_MEMBERS: ReadonlyMap<string, PurityRule> = new Map([
  ...names('random', 'getRandomValues randomUUID randomFillSync'),
  ...names('ambient', 'localeCompare toLocaleString toLocaleDateString toLocaleTimeString'),
  ...names('ambient', 'toLocaleLowerCase toLocaleUpperCase'),
  ...names('ambient', 'captureStackTrace stackTraceLimit prepareStackTrace'),
  ...names('promise', 'fromAsync'),
]);

/** What may not be taken from a package or from node:crypto: the operating system's randomness. */
const RANDOM_IMPORTS: ReadonlySet<string> = new Set(
  (
    'randomBytes randomInt randomFill randomFillSync randomUUID getRandomValues webcrypto ' +
    'generateKeySync generateKeyPairSync generateKey generateKeyPair generatePrime generatePrimeSync'
  ).split(' '),
);

/** Methods of the noble packages that draw randomness unless they get this many arguments. */
const SEEDED: ReadonlyMap<string, number> = new Map([
  ['keygen', 1],
  ['encapsulate', 2],
  ['randomSecretKey', 1],
  ['randomPrivateKey', 1],
]);

/** Every impurity of a module, whichever rules hold for it. `native` modules may encapsulate by node:crypto. */
export function impuritiesOf(
  parsed: Parsed,
  imports: readonly Import[],
  native: boolean,
): readonly Impurity[] {
  const found: Impurity[] = [];
  const report = (at: number, rule: PurityRule, message: string): void => {
    found.push({ line: parsed.lineAt(at), rule, message });
  };
  for (const { specifier, names: taken, line } of imports) {
    if (specifier === undefined || /^[.#]/.test(specifier)) continue;
    for (const name of taken) {
      if (RANDOM_IMPORTS.has(name))
        found.push({ line, rule: 'random', message: `${name} from ${specifier}` });
    }
  }
  for (const { at, message } of moduleState(parsed.program)) report(at, 'module-state', message);
  const wholes = wholeImports(parsed);
  walk(parsed.program, (place) => {
    const { start } = place.node;
    for (const [rule, message] of judge(place, wholes, native)) report(start, rule, message);
  });
  return found;
}

type Judgement = readonly [PurityRule, string];

function* judge(place: Place, wholes: ReadonlySet<string>, native: boolean): Generator<Judgement> {
  const { node } = place;
  switch (node.type) {
    case 'Identifier':
      if (isReference(place) && place.isGlobal(node.name))
        yield* judgeGlobal(node.name, place.parent, place.key);
      return;
    case 'MemberExpression':
      yield* judgeMember(node.object, memberName(node), wholes);
      return;
    case 'CallExpression':
      yield* judgeCall(node.callee, node.arguments, native);
      return;
    case 'CatchClause':
      if (!usesBinding(node)) yield ['catch-all', 'a catch looks at what it caught'];
      return;
    case 'MetaProperty':
      if (node.meta.name === 'import') yield ['ambient', 'import.meta depends on the machine'];
      return;
    default:
      yield* judgeSyntax(node);
  }
}

function* judgeSyntax(node: Node): Generator<Judgement> {
  if ('async' in node && node.async === true) yield ['promise', 'an async function'];
  if (node.type === 'AwaitExpression') yield ['promise', 'await'];
  if (node.type === 'ForOfStatement' && node.await) yield ['promise', 'for await'];
  if (node.type === 'VariableDeclaration' && node.kind === 'await using')
    yield ['promise', 'await using'];
  if (node.type === 'BinaryExpression' && node.operator === '**') {
    if (!isBigInt(node.left) && !isBigInt(node.right))
      yield ['float-math', '** differs between machines'];
  }
  if (node.type === 'AssignmentExpression' && node.operator === '**=' && !isBigInt(node.right)) {
    yield ['float-math', '**= differs between machines'];
  }
}

function* judgeGlobal(name: string, parent: Node | undefined, key: string): Generator<Judgement> {
  const member = key === 'object' && parent !== undefined ? memberName(parent) : undefined;
  if (name === 'Math') {
    const rule = member === undefined ? 'float-math' : MEMBERS.get(`Math.${member}`);
    if (rule !== undefined)
      yield [rule, member === undefined ? 'Math as a value' : `Math.${member}`];
    return;
  }
  const own = GLOBALS.get(name);
  if (own === undefined) return;
  const full = member === undefined ? name : `${name}.${member}`;
  const reached = name === 'globalThis' && member !== undefined ? GLOBALS.get(member) : undefined;
  yield [reached ?? MEMBERS.get(full) ?? own, full];
}

function* judgeMember(
  object: Node,
  name: string | undefined,
  wholes: ReadonlySet<string>,
): Generator<Judgement> {
  if (name === undefined) return;
  const rule = ANY_MEMBERS.get(name);
  if (rule !== undefined) yield [rule, `.${name}`];
  else if (object.type === 'Identifier' && wholes.has(object.name) && RANDOM_IMPORTS.has(name)) {
    yield ['random', `${object.name}.${name}`];
  } else if (name === 'stack' && isError(object)) {
    yield ['ambient', "an error's stack depends on the machine"];
  }
}

function* judgeCall(callee: Node, given: readonly Node[], native: boolean): Generator<Judgement> {
  const name = memberName(callee);
  if (name === undefined) return;
  if (name === 'then') yield ['promise', '.then()'];
  const wanted = SEEDED.get(name);
  const spread = given.some((argument) => argument.type === 'SpreadElement');
  if (wanted !== undefined && given.length < wanted && !spread && !native) {
    yield ['random', `.${name}() without its randomness draws from the operating system`];
  }
}

function usesBinding(clause: Node & { type: 'CatchClause' }): boolean {
  if (clause.param === null) return false;
  const bound = patternNames(clause.param);
  const used = (node: Node): boolean =>
    (node.type === 'Identifier' && bound.includes(node.name)) ||
    childrenOf(node).some(({ child }) => used(child));
  return used(clause.body);
}

/** Local names that stand for a whole package or module of Node. */
function wholeImports(parsed: Parsed): ReadonlySet<string> {
  const locals = new Set<string>();
  for (const statement of parsed.program.body) {
    if (statement.type !== 'ImportDeclaration' || /^[.#]/.test(statement.source.value)) continue;
    for (const specifier of statement.specifiers) {
      if (specifier.type !== 'ImportSpecifier') locals.add(specifier.local.name);
    }
  }
  return locals;
}

function isError(node: Node): boolean {
  if (node.type === 'TSAsExpression') return isError(node.expression);
  if (node.type === 'NewExpression') return isError(node.callee);
  return (
    node.type === 'Identifier' && /^(?:e|err|cause|[a-z]*error|[A-Za-z]*Error)$/.test(node.name)
  );
}

function isBigInt(node: Node): boolean {
  return node.type === 'Literal' && 'bigint' in node;
}
