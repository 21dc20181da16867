// What a module would keep between two runs in one process: top-level bindings that change or hold something that
// can. A frozen literal, `as const` and functions are fine.
import type { Node, Program } from 'oxc-parser';

/** The offset and the reason of each piece of state a module keeps. */
export function moduleState(program: Program): readonly { at: number; message: string }[] {
  const found: { at: number; message: string }[] = [];
  const report = (node: Node, message: string): void => {
    found.push({ at: node.start, message });
  };
  for (const statement of program.body) {
    const declaration = exported(statement);
    if (declaration === undefined) continue;
    if (declaration.type === 'VariableDeclaration') {
      if (declaration.declare === true) continue;
      if (declaration.kind === 'let' || declaration.kind === 'var') {
        report(declaration, `a top-level ${declaration.kind} outlives the run`);
        continue;
      }
      for (const { init } of declaration.declarations)
        if (init !== null) inValue(init, false, report);
    } else if (declaration.type === 'ClassDeclaration') {
      inStatics(declaration.body.body, report);
    } else if (statement.type === 'ExportDefaultDeclaration') {
      inValue(declaration, false, report);
    }
  }
  return found;
}

type Report = (node: Node, message: string) => void;

function exported(statement: Program['body'][number]): Node | undefined {
  if (statement.type === 'ExportNamedDeclaration') return statement.declaration ?? undefined;
  if (statement.type === 'ExportDefaultDeclaration') return statement.declaration;
  return statement;
}

function inStatics(members: readonly Node[], report: Report): void {
  for (const member of members) {
    if (member.type === 'StaticBlock') report(member, 'a static block runs once per process');
    if (member.type !== 'PropertyDefinition' || !member.static) continue;
    if (!member.readonly) report(member, 'a static field that is not readonly outlives the run');
    else if (member.value !== null) inValue(member.value, false, report);
  }
}

/** Looks at what a value is, not at what it was computed from. */
function inValue(value: Node, frozen: boolean, report: Report): void {
  if (value.type === 'NewExpression') {
    report(value, 'a top-level object outlives the run: make it where it is used');
  } else if (value.type === 'Literal') {
    if ('regex' in value && /[gy]/.test(value.regex.flags))
      report(value, 'this pattern has a lastIndex');
  } else if (value.type === 'ArrayExpression') {
    if (!frozen) report(value, 'a top-level array needs Object.freeze or as const');
    for (const element of value.elements) if (element !== null) inValue(element, true, report);
  } else if (value.type === 'ObjectExpression') {
    if (!frozen) report(value, 'a top-level object needs Object.freeze or as const');
    for (const property of value.properties) {
      if (property.type === 'Property') inValue(property.value, true, report);
    }
  } else if (value.type === 'CallExpression') {
    inCall(value.callee, value.arguments, report);
  } else {
    for (const { part, sealed } of partsOf(value)) inValue(part, frozen || sealed, report);
  }
}

/** The values that an expression may turn out to be. */
function partsOf(value: Node): readonly { readonly part: Node; readonly sealed: boolean }[] {
  switch (value.type) {
    case 'TSAsExpression':
      return [{ part: value.expression, sealed: isConst(value.typeAnnotation) }];
    case 'TSSatisfiesExpression':
    case 'TSNonNullExpression':
      return [{ part: value.expression, sealed: false }];
    case 'ConditionalExpression':
      return [value.consequent, value.alternate].map((part) => ({ part, sealed: false }));
    case 'LogicalExpression':
      return [value.left, value.right].map((part) => ({ part, sealed: false }));
    default:
      return [];
  }
}

function inCall(callee: Node, parameters: readonly Node[], report: Report): void {
  if (callee.type === 'ArrowFunctionExpression' || callee.type === 'FunctionExpression') {
    report(callee, 'a function called at the top can keep state in its closure');
  } else if (isFreeze(callee) && parameters[0] !== undefined) {
    inValue(parameters[0], true, report);
  }
}

function isFreeze(callee: Node): boolean {
  if (callee.type !== 'MemberExpression' || callee.computed) return false;
  const { object, property } = callee;
  return object.type === 'Identifier' && object.name === 'Object' && property.name === 'freeze';
}

function isConst(type: Node): boolean {
  return (
    type.type === 'TSTypeReference' &&
    type.typeName.type === 'Identifier' &&
    type.typeName.name === 'const'
  );
}
