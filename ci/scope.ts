// Which names of a module are its own, and which are the world's. Enough of scoping to tell a parameter called
// `process` from the global one. Types count as names, so that `Promise<void>` is a use of Promise; but a type
// hides no value, and `declare` hides nothing: what it names is the world's.
import type { Node, Program } from 'oxc-parser';
import { childrenOf } from './source.ts';

/** A node with what surrounds it. */
export interface Place {
  readonly node: Node;
  readonly parent: Node | undefined;
  /** The field of the parent that holds the node. */
  readonly key: string;
  /** Whether the innermost scope that declares this name as a value is a function, the module, or none. */
  homeOf(name: string): 'local' | 'module' | 'global';
  /** Whether no scope around the node declares this name, be it as a type only. */
  isUndeclared(name: string): boolean;
}

/** What a scope declares: whether the name stands for a value, or for a type alone. */
type Names = ReadonlyMap<string, 'value' | 'type'>;

const SCOPES: ReadonlySet<string> = new Set([
  'Program',
  'BlockStatement',
  'StaticBlock',
  'SwitchStatement',
  'ForStatement',
  'ForInStatement',
  'ForOfStatement',
  'CatchClause',
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'ClassDeclaration',
  'ClassExpression',
  'TSDeclareFunction',
  'TSEmptyBodyFunctionExpression',
  'TSFunctionType',
  'TSConstructorType',
  'TSCallSignatureDeclaration',
  'TSConstructSignatureDeclaration',
  'TSMethodSignature',
  'TSInterfaceDeclaration',
  'TSTypeAliasDeclaration',
  'TSMappedType',
  'TSConditionalType',
  'TSIndexSignature',
  'TSModuleBlock',
]);

/** Fields that hold a plain name, unless the node says `computed`. */
const NAME_FIELDS: Readonly<Record<string, readonly string[]>> = Object.freeze({
  MemberExpression: ['property'],
  Property: ['key'],
  MethodDefinition: ['key'],
  PropertyDefinition: ['key'],
  AccessorProperty: ['key'],
  TSAbstractMethodDefinition: ['key'],
  TSAbstractPropertyDefinition: ['key'],
  TSPropertySignature: ['key'],
  TSMethodSignature: ['key'],
  TSQualifiedName: ['right'],
  LabeledStatement: ['label'],
  BreakStatement: ['label'],
  ContinueStatement: ['label'],
  ImportSpecifier: ['imported'],
  ExportAllDeclaration: ['exported'],
  ImportAttribute: ['key'],
  TSEnumMember: ['id'],
  MetaProperty: ['meta', 'property'],
  TSNamedTupleMember: ['label'],
  TSImportType: ['qualifier'],
  TSModuleDeclaration: ['id'],
});

/** Fields that hold the name of a type, or of what may be one. */
const TYPE_FIELDS: Readonly<Record<string, readonly string[]>> = Object.freeze({
  TSTypeReference: ['typeName'],
  TSQualifiedName: ['left'],
  TSInterfaceHeritage: ['expression'],
  TSClassImplements: ['expression'],
  TSInterfaceDeclaration: ['id'],
  TSTypeAliasDeclaration: ['id'],
  TSTypeParameter: ['name'],
  TSMappedType: ['key'],
  ImportSpecifier: ['local'],
  ImportDefaultSpecifier: ['local'],
  ImportNamespaceSpecifier: ['local'],
  ExportSpecifier: ['local'],
});

/** Calls `visit` for every node, parents first. */
export function walk(program: Program, visit: (place: Place) => void): void {
  const scopes: Names[] = [];
  const isUndeclared = (name: string): boolean => !scopes.some((scope) => scope.has(name));
  const homeOf = (name: string): 'local' | 'module' | 'global' => {
    const depth = scopes.findLastIndex((scope) => scope.get(name) === 'value');
    return depth > 0 ? 'local' : depth === 0 ? 'module' : 'global';
  };
  const enter = (node: Node, parent: Node | undefined, key: string): void => {
    const isScope = SCOPES.has(node.type);
    if (isScope) scopes.push(declaredIn(node));
    visit({ node, parent, key, homeOf, isUndeclared });
    for (const { key: field, child } of childrenOf(node)) {
      if (!isElsewhere(node)) enter(child, node, field);
    }
    if (isScope) scopes.pop();
  };
  enter(program, undefined, '');
}

/** `export { a } from`: its names are those of another module. */
function isElsewhere(node: Node): boolean {
  return node.type === 'ExportNamedDeclaration' && node.source !== null;
}

/** Whether an identifier at this place stands for a value or type, not for the name of a member. */
export function isReference({ parent, key }: Place): boolean {
  if (parent === undefined) return true;
  if (parent.type === 'ExportSpecifier') return key === 'local';
  if ('computed' in parent && parent.computed === true) return true;
  return !(NAME_FIELDS[parent.type]?.includes(key) ?? false);
}

/** Whether an identifier at this place may stand for a type: then a type of that name is all it needs. */
export function isTypeName({ parent, key }: Place): boolean {
  return parent !== undefined && (TYPE_FIELDS[parent.type]?.includes(key) ?? false);
}

/** The name of a member, `a.name` or `a['name']`, when the source spells it out. */
export function memberName(node: Node): string | undefined {
  if (node.type !== 'MemberExpression') return undefined;
  const { property } = node;
  if (!node.computed) return property.type === 'Identifier' ? property.name : undefined;
  return textOf(property);
}

/** The text that an expression spells out: 'a' or `a`. */
export function textOf(node: Node): string | undefined {
  if (node.type === 'TemplateLiteral' && node.expressions.length === 0)
    return node.quasis[0]?.value.cooked ?? undefined;
  return node.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined;
}

/** The name that a chain of members and calls starts from, or ''. */
export function rootName(node: Node): string {
  if (node.type === 'MemberExpression') return rootName(node.object);
  if (node.type === 'CallExpression') return rootName(node.callee);
  if (/^TS(?:As|Satisfies|NonNull)Expression$|^ChainExpression$/.test(node.type))
    return rootName((node as Node & { expression: Node }).expression);
  return node.type === 'Identifier' ? node.name : '';
}

/** The names a binding pattern introduces. */
export function patternNames(pattern: Node): readonly string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.name];
    case 'AssignmentPattern':
      return patternNames(pattern.left);
    case 'RestElement':
      return patternNames(pattern.argument);
    case 'TSParameterProperty':
      return patternNames(pattern.parameter);
    case 'ArrayPattern':
      return pattern.elements.flatMap((element) => (element === null ? [] : patternNames(element)));
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) =>
        patternNames(property.type === 'Property' ? property.value : property),
      );
    default:
      return [];
  }
}

function declaredIn(scope: Node): Names {
  const names = new Map<string, 'value' | 'type'>();
  // The body of `declare global` and `declare module`; others are refused elsewhere.
  if (scope.type === 'TSModuleBlock') return names;
  const add = (name: string, isType: boolean): void => {
    if (!isType || !names.has(name)) names.set(name, isType ? 'type' : 'value');
  };
  for (const name of ownNames(scope)) add(name, scope.type === 'TSMappedType');
  const enter = (node: Node): void => {
    for (const { child } of childrenOf(node)) {
      if ('declare' in child && child.declare === true) continue;
      for (const name of outerNames(child)) add(name, declaresType(child, node));
      if (!SCOPES.has(child.type)) enter(child);
    }
  };
  enter(scope);
  return names;
}

function declaresType(node: Node, parent: Node): boolean {
  if (node.type === 'ImportSpecifier' && node.importKind === 'type') return true;
  if (parent.type === 'ImportDeclaration') return parent.importKind === 'type';
  return /^TS(?:Interface|TypeAlias)Declaration$|^TSTypeParameter$/.test(node.type);
}

/** Names a scope declares for its inside only: parameters, and an expression's own name. */
function ownNames(scope: Node): readonly string[] {
  const names: string[] = [];
  if ('params' in scope && Array.isArray(scope.params)) {
    for (const param of scope.params) names.push(...patternNames(param));
  }
  if (scope.type === 'TSIndexSignature') {
    for (const parameter of scope.parameters) names.push(...patternNames(parameter));
  }
  if (scope.type === 'CatchClause' && scope.param !== null)
    names.push(...patternNames(scope.param));
  if (scope.type === 'TSMappedType') names.push(scope.key.name);
  if (scope.type === 'FunctionExpression' || scope.type === 'ClassExpression') {
    if (scope.id !== null) names.push(scope.id.name);
  }
  return names;
}

/** Names a node declares for the scope around it. */
function outerNames(node: Node): readonly string[] {
  switch (node.type) {
    case 'VariableDeclarator':
      return patternNames(node.id);
    case 'FunctionDeclaration':
    case 'ClassDeclaration':
      return node.id === null ? [] : [node.id.name];
    case 'TSInterfaceDeclaration':
    case 'TSTypeAliasDeclaration':
    case 'TSEnumDeclaration':
      return [node.id.name];
    case 'TSModuleDeclaration':
      return node.id.type === 'Identifier' && node.kind !== 'global' ? [node.id.name] : [];
    case 'ImportSpecifier':
    case 'ImportDefaultSpecifier':
    case 'ImportNamespaceSpecifier':
      return [node.local.name];
    case 'TSTypeParameter':
      return [node.name.name];
    default:
      return [];
  }
}
