// Values of single keys: durations, sizes, commands, maps of texts.
import { readEnvironment } from '../../../dist/config/environment.js';
import { parseBytes, parseDuration } from '../../../dist/config/quantities.js';
import { Reader } from '../../../dist/config/reader.js';
import { Report } from '../../../dist/config/report.js';
import { Source } from '../../../dist/config/source.js';
import { parseYaml } from '../../../dist/config/yaml.js';
import { splitWords } from '../../../dist/words.js';

export const durations = {
  run: one => {
    const ms = parseDuration(one.input);
    if (ms === undefined) throw new Error('no duration');
    return String(Math.round(ms * 1e6));
  },
  expected: one => one.expected_ns,
};

export const bytes = {
  run: one => {
    const size = parseBytes(one.input);
    if (size === undefined) throw new Error('no size');
    return size;
  },
};

export const commands = {
  run: one => {
    if (Array.isArray(one.input) || one.input === null) return one.input;
    const split = splitWords(one.input);
    if (split.problem) throw new Error(split.problem);
    return split.words;
  },
};

export const environment = { run: one => readMap(one, 'environment', null) };

export const labels = { run: one => readMap(one, 'labels', '') };

function readMap(one, key, missing) {
  return readNode(one, (node, reader) =>
    Object.fromEntries(readEnvironment(node, key, reader).map(({ name, value }) => [name, value ?? missing])),
  );
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
