import { compileExpression, envOf } from '../expression/compile.js';
import type { Value } from '../bson/values.js';
import type { Node } from './node.js';
import { isTrue } from './parse.js';

/** `$expr`: an aggregation expression over the whole document. */
export function exprCondition(expression: Value, variables: ReadonlySet<string>): Node {
  const evaluate = compileExpression(expression, variables);
  return {
    op: '$expr',
    single: () => false,
    test: (doc, state) => isTrue(evaluate(envOf(doc, state.variables))),
  };
}
