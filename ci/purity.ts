// What makes a run differ from its replay, found in the syntax tree. Names are judged only where they mean the
// global: a parameter called `process`, a member x.Date and a key { Date: 1 } are nobody's business. Of the
// globals only those listed may be used; what runs cannot be seen here (a name computed at run time, a value
// passed from hand to hand) is left to sim/traps.ts.
import type { Node } from 'oxc-parser';
import { type Import, isOfNode } from './imports.ts';
import { moduleState } from './module-state.ts';
import type { PurityRule } from './rules.ts';
import {
  isReference,
  isTypeName,
  memberName,
  type Place,
  patternNames,
  rootName,
  textOf,
  walk,
} from './scope.ts';
import { childrenOf, type Parsed } from './source.ts';

/** An impurity: where, which rule, why. */
export interface Impurity {
  readonly line: number;
  readonly rule: PurityRule;
  readonly message: string;
}

const names = (rule: PurityRule, list: string): readonly (readonly [string, PurityRule])[] =>
  list.split(' ').map((name) => [name, rule] as const);

/** Globals that are the same everywhere. */
const SAME: ReadonlySet<string> = new Set(
  (
    'undefined NaN Infinity isNaN isFinite parseInt parseFloat arguments Object Array Map Set WeakMap WeakSet ' +
    'String Number Boolean BigInt Symbol RegExp JSON Math Iterator Error RangeError TypeError SyntaxError ' +
    'ArrayBuffer DataView Uint8Array Uint8ClampedArray Uint16Array Uint32Array Int8Array Int16Array Int32Array ' +
    'BigInt64Array BigUint64Array Float32Array Float64Array TextEncoder TextDecoder structuredClone ' +
    'encodeURIComponent decodeURIComponent'
  ).split(' '),
);

/** Rules that other globals fall under. As values all that are not named here are `ambient`, as types free. */
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
  ...names('random', 'getRandomValues randomUUID randomFillSync allocUnsafe allocUnsafeSlow'),
  ...names('ambient', 'stack constructor getOwnPropertyDescriptor getOwnPropertyDescriptors'),
  ...names('ambient', 'localeCompare toLocaleString toLocaleDateString toLocaleTimeString'),
  ...names('ambient', 'toLocaleLowerCase toLocaleUpperCase'),
  ...names('ambient', 'captureStackTrace stackTraceLimit prepareStackTrace'),
  ...names('promise', 'fromAsync'),
]);

/** What may not be taken from a package: the operating system's randomness. ci/layers.ts judges node:crypto. */
const RANDOM_IMPORTS: ReadonlySet<string> = new Set(['randomBytes', 'managedNonce']);

/** Signature schemes that hedge: `sign` draws randomness unless it is told not to. Nothing here needs them. */
const SIGNS = /dsa|falcon/;
const isPostQuantum = (specifier: string): boolean => specifier.startsWith('@noble/post-quantum/');

/** Methods of the noble packages that draw randomness unless they get this many arguments. */
const SEEDED: ReadonlyMap<string, number> = new Map([
  ['keygen', 1],
  ['encapsulate', 2],
  ['randomSecretKey', 1],
  ['randomPrivateKey', 1],
]);

/** Every impurity of a module, whichever rules hold for it. */
export function impuritiesOf(parsed: Parsed, imports: readonly Import[]): readonly Impurity[] {
  const found: Impurity[] = [];
  const report = (at: number, rule: PurityRule, message: string): void => {
    found.push({ line: parsed.lineAt(at), rule, message });
  };
  for (const { specifier, names: taken, line } of imports) {
    if (specifier === undefined || /^[.#]/.test(specifier) || isOfNode(specifier)) continue;
    for (const name of taken) {
      if (RANDOM_IMPORTS.has(name) || (isPostQuantum(specifier) && SIGNS.test(name)))
        found.push({ line, rule: 'random', message: `${name} from ${specifier}` });
      if (name === '*' || name === 'default')
        found.push({ line, rule: 'random', message: `${specifier} as a whole: take names` });
    }
  }
  for (const { at, message } of moduleState(parsed.program)) report(at, 'module-state', message);
  walk(parsed.program, (place) => {
    const { start } = place.node;
    for (const [rule, message] of judge(place)) report(start, rule, message);
    for (const name of writtenBeyond(place)) {
      report(start, 'module-state', `${name} is changed, and outlives the run`);
    }
  });
  return found;
}

type Judgement = readonly [PurityRule, string];

function* judge(place: Place): Generator<Judgement> {
  const { node, parent } = place;
  switch (node.type) {
    case 'Identifier':
      if (!isReference(place)) return;
      if (isTypeName(place)) {
        const rule = place.isUndeclared(node.name) ? GLOBALS.get(node.name) : undefined;
        if (rule !== undefined) yield [rule, node.name];
      } else if (place.homeOf(node.name) === 'global') {
        yield* judgeGlobal(node.name, parent, place.key);
      }
      return;
    case 'MemberExpression':
      yield* judgeMember(memberName(node), parent, place.key);
      return;
    case 'Property':
      if (parent?.type === 'ObjectPattern') yield* judgeMember(keyName(node), undefined, '');
      return;
    case 'CallExpression':
      if (memberName(node.callee) === 'then') yield ['promise', '.then()'];
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
    if (member === undefined) yield ['random', 'Math as a value'];
    const rule = MEMBERS.get(`Math.${member}`);
    if (rule !== undefined) yield [rule, `Math.${member}`];
    return;
  }
  if (SAME.has(name)) return;
  const full = member === undefined ? name : `${name}.${member}`;
  const reached = name === 'globalThis' && member !== undefined ? GLOBALS.get(member) : undefined;
  yield [reached ?? MEMBERS.get(full) ?? GLOBALS.get(name) ?? 'ambient', full];
}

/** A member by name, wherever it is taken from: read, called, or picked by a pattern. */
function* judgeMember(
  name: string | undefined,
  parent: Node | undefined,
  key: string,
): Generator<Judgement> {
  if (name === undefined) return;
  const rule = ANY_MEMBERS.get(name);
  if (rule !== undefined) yield [rule, `.${name}`];
  const wanted = SEEDED.get(name);
  if (wanted === undefined) return;
  const given = parent?.type === 'CallExpression' && key === 'callee' ? parent.arguments : [];
  if (given.filter(isGiven).length < wanted) {
    yield ['random', `.${name}() without its randomness draws from the operating system`];
  }
}

/** An argument that is there: not spread from something that may be empty, not `undefined`. */
function isGiven(argument: Node): boolean {
  if (argument.type === 'UnaryExpression') return argument.operator !== 'void';
  return (
    argument.type !== 'SpreadElement' &&
    !(argument.type === 'Identifier' && argument.name === 'undefined')
  );
}

function keyName({ key, computed }: Node & { type: 'Property' }): string | undefined {
  if (key.type === 'Identifier') return computed ? undefined : key.name;
  return textOf(key);
}

/** Names of the module or of the world that this node writes to: `f.count = 1`, `Table.n++`, `delete a.b`. */
function writtenBeyond({ node, homeOf }: Place): readonly string[] {
  const written =
    node.type === 'AssignmentExpression' || /^For(?:In|Of)Statement$/.test(node.type)
      ? (node as Node & { left: Node }).left
      : node.type === 'UpdateExpression' ||
          (node.type === 'UnaryExpression' && node.operator === 'delete')
        ? node.argument
        : undefined;
  if (written === undefined) return [];
  return membersIn(written)
    .map(rootName)
    .filter((name) => name !== '' && homeOf(name) !== 'local');
}

/** The members among the targets of an assignment, patterns included. */
function membersIn(target: Node): readonly Node[] {
  if (target.type === 'MemberExpression') return [target];
  if (!/Pattern$|^Property$|^RestElement$|^TS/.test(target.type)) return [];
  return childrenOf(target).flatMap(({ child }) => membersIn(child));
}

function usesBinding(clause: Node & { type: 'CatchClause' }): boolean {
  if (clause.param === null) return false;
  const bound = patternNames(clause.param);
  const used = (node: Node): boolean =>
    (node.type === 'Identifier' && bound.includes(node.name)) ||
    childrenOf(node).some(({ child }) => used(child));
  return used(clause.body);
}

function isBigInt(node: Node): boolean {
  return node.type === 'Literal' && 'bigint' in node;
}
