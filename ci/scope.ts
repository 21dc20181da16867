// Which names of a module are its own, and which are the world's. Enough of scoping to tell a parameter called
// `process` from the global one; types count as names, so that `Promise<void>` is a use of Promise.
import type { Node, Program } from 'oxc-parser';
import { childrenOf } from './source.ts';

/** A node with what surrounds it. */
export interface Place {
  readonly node: Node;
  readonly parent: Node | undefined;
  /** The field of the parent that holds the node. */
  readonly key: string;
  /** Whether no scope around the node declares this name. */
  isGlobal(name: string): boolean;
}

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
});

/** Calls `visit` for every node, parents first. */
export function walk(program: Program, visit: (place: Place) => void): void {
  const scopes: ReadonlySet<string>[] = [];
  const isGlobal = (name: string): boolean => !scopes.some((scope) => scope.has(name));
  const enter = (node: Node, parent: Node | undefined, key: string): void => {
    const isScope = SCOPES.has(node.type);
    if (isScope) scopes.push(declaredIn(node));
    visit({ node, parent, key, isGlobal });
    for (const { key: field, child } of childrenOf(node)) enter(child, node, field);
    if (isScope) scopes.pop();
  };
  enter(program, undefined, '');
}

/** Whether an identifier at this place stands for a value or type, not for the name of a member. */
export function isReference({ parent, key }: Place): boolean {
  if (parent === undefined) return true;
  if (parent.type === 'ExportSpecifier') return key === 'local';
  if ('computed' in parent && parent.computed === true) return true;
  return !(NAME_FIELDS[parent.type]?.includes(key) ?? false);
}

/** The name of a member, `a.name` or `a['name']`, when the source spells it out. */
export function memberName(node: Node): string | undefined {
  if (node.type !== 'MemberExpression') return undefined;
  const { property } = node;
  if (!node.computed) return property.type === 'Identifier' ? property.name : undefined;
  return property.type === 'Literal' && typeof property.value === 'string'
    ? property.value
    : undefined;
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

function declaredIn(scope: Node): ReadonlySet<string> {
  const names = new Set<string>(ownNames(scope));
  const enter = (node: Node): void => {
    for (const { child } of childrenOf(node)) {
      for (const name of outerNames(child)) names.add(name);
      if (!SCOPES.has(child.type)) enter(child);
    }
  };
  enter(scope);
  return names;
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
    case 'TSDeclareFunction':
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
