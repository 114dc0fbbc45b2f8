// For each file of cases, the function of ours that answers them. `run` throws where the input is an error.
import { readEnvironment } from '../../dist/config/environment.js';
import { parseBytes, parseDuration } from '../../dist/config/quantities.js';
import { Reader } from '../../dist/config/reader.js';
import { Report } from '../../dist/config/report.js';
import { Source } from '../../dist/config/source.js';
import { parseYaml, resolveCore } from '../../dist/config/yaml.js';
import { parseDotenv, parseRawEnv } from '../../dist/dotenv.js';
import { interpolate, variablesIn } from '../../dist/interpolate.js';
import { splitWords } from '../../dist/words.js';

/** The cases give variables as an object. */
const lookupIn = env => name => (Object.hasOwn(env ?? {}, name) ? env[name] : undefined);

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

function envFile(parse) {
  return one => {
    const { values, problems } = parse(one.input, lookupIn(one.env));
    const problem = problems.find(candidate => candidate.kind === 'error');
    if (problem) throw new Error(`line ${problem.line}: ${problem.message}`);
    return { ...one.initial, ...Object.fromEntries(values) };
  };
}

function readNode(one, read) {
  const text = one.input_yaml ?? JSON.stringify(one.input);
  const report = new Report();
  const [node] = parseYaml(new Source('case.yml', text), report);
  const result = read(node, new Reader(report, () => undefined));
  const error = report.inOrder([]).find(diagnostic => diagnostic.severity === 'error');
  if (error) throw new Error(error.message);
  return result;
}

function variables(tree) {
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

export const counterparts = {
  dotenv: { run: envFile(parseDotenv) },
  env_file_raw: { run: envFile(parseRawEnv) },
  interpolation: { run: one => interpolated(one.input, one.env) },
  interpolation_tree: {
    run: one =>
      mapTexts(one.input, text => {
        const result = interpolated(text, one.env);
        return one.with_type_casts && result !== text ? resolveCore(result) : result;
      }),
  },
  variables: { run: one => variables(one.input) },
  durations: {
    run: one => {
      const ms = parseDuration(one.input);
      if (ms === undefined) throw new Error('no duration');
      return String(Math.round(ms * 1e6));
    },
    expected: one => one.expected_ns,
  },
  bytes: {
    run: one => {
      const bytes = parseBytes(one.input);
      if (bytes === undefined) throw new Error('no size');
      return bytes;
    },
  },
  commands: {
    run: one => {
      if (Array.isArray(one.input) || one.input === null) return one.input;
      const split = splitWords(one.input);
      if (split.problem) throw new Error(split.problem);
      return split.words;
    },
  },
  environment: {
    run: one =>
      readNode(one, (node, reader) =>
        Object.fromEntries(
          readEnvironment(node, 'environment', reader).map(({ name, value }) => [name, value ?? null]),
        ),
      ),
  },
  labels: {
    run: one =>
      readNode(one, (node, reader) =>
        Object.fromEntries(readEnvironment(node, 'labels', reader).map(({ name, value }) => [name, value ?? ''])),
      ),
  },
};
