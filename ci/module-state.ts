// What a module would keep between two runs in one process. At the top there are only declarations (and calls of
// `assert`), and a value there is a literal, a function, something of another name, or one of the calls listed
// here. Object.freeze is shallow: a literal in a literal needs `frozen` of core/base/frozen.ts or `as const`,
// and a table of calls `frozenData`.
import type { Node, Program } from 'oxc-parser';
import { memberName } from './scope.ts';
import { childrenOf } from './source.ts';

type Report = (node: Node, message: string) => void;

/** How far an array or object is kept from changing. */
type Seal = 'none' | 'outside' | 'whole';

const DECLARATIONS =
  /^(?:Import|ExportAll|ExportNamed|ExportDefault|Variable|Function|Class)Declaration$|^TS/;
/** What computes one number, text or symbol. */
const SINGLE = /^(?:Number|String|BigInt|Boolean|Symbol)$/;
/** What holds nothing that changes; functions among it. */
const PLAIN: ReadonlySet<string> = new Set([
  ...['Literal', 'TemplateLiteral', 'Identifier', 'UnaryExpression', 'BinaryExpression'],
  ...['ArrowFunctionExpression', 'FunctionExpression', 'FunctionDeclaration'],
]);
const WRAPPERS =
  /^(?:TSAs|TSSatisfies|TSNonNull|TSTypeAssertion|TSInstantiation|Chain)(?:Expression)?$/;

/** The offset and the reason of each piece of state a module keeps. */
export function moduleState(program: Program): readonly { at: number; message: string }[] {
  const found: { at: number; message: string }[] = [];
  const report = (node: Node, message: string): void => {
    found.push({ at: node.start, message });
  };
  const judge = new ValueJudge(report, helpersOf(program));
  for (const statement of program.body) {
    if (!DECLARATIONS.test(statement.type) && !isAssertion(statement))
      report(statement, 'a statement at the top runs once per process');
    const declaration = exported(statement);
    if (declaration?.type === 'VariableDeclaration') inVariables(declaration, judge, report);
    else if (declaration?.type === 'ClassDeclaration') judge.statics(declaration.body.body);
    else if (statement.type === 'ExportDefaultDeclaration' && declaration !== undefined)
      judge.value(declaration, 'none');
  }
  return found;
}

function exported(statement: Program['body'][number]): Node | undefined {
  if (statement.type === 'ExportNamedDeclaration') return statement.declaration ?? undefined;
  if (statement.type === 'ExportDefaultDeclaration') return statement.declaration;
  return statement;
}

function isAssertion(statement: Node): boolean {
  return (
    statement.type === 'ExpressionStatement' &&
    statement.expression.type === 'CallExpression' &&
    statement.expression.callee.type === 'Identifier' &&
    statement.expression.callee.name === 'assert'
  );
}

/** The names a module takes from core/base/frozen.ts, under which it must use them. */
function helpersOf(program: Program): ReadonlySet<string> {
  const names = new Set<string>();
  for (const statement of program.body) {
    if (statement.type !== 'ImportDeclaration') continue;
    if (!/(?:^\.|\/base)\/frozen\.ts$/.test(statement.source.value)) continue;
    for (const one of statement.specifiers) {
      const { imported } = one.type === 'ImportSpecifier' ? one : { imported: undefined };
      if (imported?.type === 'Identifier' && imported.name === one.local.name)
        names.add(one.local.name);
    }
  }
  return names;
}

function inVariables(
  declaration: Node & { type: 'VariableDeclaration' },
  judge: ValueJudge,
  report: Report,
): void {
  if (declaration.declare === true) return;
  if (declaration.kind !== 'const') {
    report(declaration, `a top-level ${declaration.kind} outlives the run`);
    return;
  }
  for (const { id, init } of declaration.declarations) {
    if (init !== null) judge.value(init, 'none');
    if (hasDefault(id)) report(id, 'a default in a pattern at the top: name the value instead');
  }
}

function hasDefault(pattern: Node): boolean {
  return (
    pattern.type === 'AssignmentPattern' ||
    (/Pattern$|^Property$/.test(pattern.type) &&
      childrenOf(pattern).some(({ child }) => hasDefault(child)))
  );
}

/** Looks at what a value is, not at what a number or a text was computed from. */
class ValueJudge {
  readonly #report: Report;
  readonly #helpers: ReadonlySet<string>;

  constructor(report: Report, helpers: ReadonlySet<string>) {
    this.#report = report;
    this.#helpers = helpers;
  }

  value(value: Node, seal: Seal): void {
    if (value.type === 'Literal' && 'regex' in value && /[gy]/.test(value.regex.flags)) {
      this.#report(value, 'this pattern has a lastIndex');
    } else if (PLAIN.has(value.type) || /^TS\w+Declaration$/.test(value.type)) {
      return;
    } else if (WRAPPERS.test(value.type)) {
      const { expression } = value as Node & { expression: Node };
      this.value(expression, isConst(value) ? 'whole' : seal);
    } else if (value.type === 'ConditionalExpression') {
      this.value(value.consequent, seal);
      this.value(value.alternate, seal);
    } else if (value.type === 'LogicalExpression') {
      this.value(value.left, seal);
      this.value(value.right, seal);
    } else if (value.type === 'ArrayExpression' || value.type === 'ObjectExpression') {
      this.#container(value, seal);
    } else if (value.type === 'MemberExpression') {
      this.value(value.object, 'whole');
    } else if (value.type === 'ClassExpression') {
      this.statics(value.body.body);
    } else if (value.type === 'CallExpression') {
      this.#call(value, seal);
    } else {
      this.#report(value, 'a top-level object outlives the run: make it where it is used');
    }
  }

  statics(members: readonly Node[]): void {
    for (const member of members) {
      if (member.type === 'StaticBlock') this.#report(member, 'a static block runs once');
      if (member.type !== 'PropertyDefinition' && member.type !== 'AccessorProperty') continue;
      if (!member.static) continue;
      if (!('readonly' in member && member.readonly === true))
        this.#report(member, 'a static field that is not readonly outlives the run');
      else if (member.value !== null) this.value(member.value, 'none');
    }
  }

  #container(value: Node & { type: 'ArrayExpression' | 'ObjectExpression' }, seal: Seal): void {
    if (seal === 'none') {
      const what = value.type === 'ArrayExpression' ? 'array' : 'object';
      const message = `a top-level ${what} needs Object.freeze, deeper ones frozen() or as const`;
      this.#report(value, message);
    }
    const inside = seal === 'whole' ? 'whole' : 'none';
    const parts = value.type === 'ArrayExpression' ? value.elements : value.properties;
    for (const part of parts) {
      if (part?.type === 'SpreadElement') this.value(part.argument, 'whole');
      else if (part?.type === 'Property') this.value(part.value, inside);
      else if (part !== null) this.value(part, inside);
    }
  }

  #call(call: Node & { type: 'CallExpression' }, seal: Seal): void {
    const { callee } = call;
    const first = call.arguments[0];
    const name = callee.type === 'Identifier' ? callee.name : memberName(callee);
    const on = callee.type === 'MemberExpression' ? callee.object : undefined;
    const owner = on?.type === 'Identifier' ? on.name : undefined;
    if (first !== undefined && owner === 'Object' && name === 'freeze') {
      this.value(first, seal === 'whole' ? 'whole' : 'outside');
    } else if (
      first !== undefined &&
      on === undefined &&
      name === 'frozen' &&
      this.#helpers.has(name)
    ) {
      this.value(first, 'whole');
    } else if (on === undefined && name === 'frozenData' && this.#helpers.has(name)) {
      return; // any call will do: what it answers is looked at when it runs
    } else if (owner === 'Object' && name === 'keys') {
      if (seal === 'none') this.#report(call, 'a top-level array needs Object.freeze');
    } else if (on?.type === 'ArrayExpression' && name === 'join') {
      return;
    } else if (owner !== 'Math' && !(on === undefined && SINGLE.test(name ?? ''))) {
      this.#report(call, 'a call at the top can keep state: call it where it is used');
    }
  }
}

function isConst(value: Node): boolean {
  if (value.type !== 'TSAsExpression') return false;
  const type = value.typeAnnotation;
  return (
    type.type === 'TSTypeReference' &&
    type.typeName.type === 'Identifier' &&
    type.typeName.name === 'const'
  );
}
