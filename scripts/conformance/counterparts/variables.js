// Variables in texts and in trees of them.
import { resolveCore } from '../../../dist/config/yaml.js';
import { interpolate, variablesIn } from '../../../dist/interpolate.js';
import { lookupIn } from '../cases.js';

function interpolated(text, env) {
  const result = interpolate(text, lookupIn(env));
  const problem = result.problems.find(candidate => candidate.kind !== 'unset');
  if (problem) throw new Error(problem.message);
  return result.text;
}

function mapTexts(tree, change) {
  if (typeof tree === 'string') return change(tree);
  if (Array.isArray(tree)) return tree.map(item => mapTexts(item, change));
  if (tree === null || typeof tree !== 'object') return tree;
  return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, mapTexts(value, change)]));
}

function variablesOf(tree) {
  const found = {};
  mapTexts(tree, text => {
    for (const { name, operator, argument } of variablesIn(text)) {
      found[name] ??= {
        Name: name,
        DefaultValue: operator.endsWith('-') ? argument : '',
        PresenceValue: operator.endsWith('+') ? argument : '',
        Required: operator.endsWith('?'),
      };
    }
  });
  return found;
}

export const interpolation = { run: one => interpolated(one.input, one.env) };

export const interpolation_tree = {
  run: one =>
    mapTexts(one.input, text => {
      const result = interpolated(text, one.env);
      return one.with_type_casts && result !== text ? resolveCore(result) : result;
    }),
};

export const variables = { run: one => variablesOf(one.input) };
