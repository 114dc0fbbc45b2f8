/** Reads values out of the tree: variables replaced, types checked, each problem reported at its place. */
import { nearest } from '../diagnostic.js';
import { interpolate, type Lookup } from '../interpolate.js';
import { PLAIN_PORTS, type PortNumbers } from '../port-numbers.js';
import type { Report } from './report.js';
import type { Place } from './source.js';
import { resolveCore, type ScalarNode, type YamlNode } from './yaml.js';

/** A text and where it stands. */
export interface Text {
  readonly text: string;
  readonly node: ScalarNode;
}

export class Reader {
  constructor(
    readonly report: Report,
    /** Values of variables in texts. */
    readonly lookup: Lookup,
    /** What the ports of this machine become. */
    readonly ports: PortNumbers = PLAIN_PORTS,
  ) {}

  /** The scalar with its variables replaced; undefined (and told) if it is a list, a map or broken. */
  scalar(node: YamlNode, key: string, form: string): ScalarNode | undefined {
    if (node.kind !== 'scalar') {
      this.report.error('wrong-type', `"${key}" must be ${form}, not a ${node.kind}`, node);
      return undefined;
    }
    if (typeof node.value !== 'string' || !node.value.includes('$')) return node;
    const { text, problems } = interpolate(node.value, this.lookup);
    let broken = false;
    for (const problem of problems) {
      const place = placeOfFragment(node, problem.offset, problem.fragment);
      if (problem.kind === 'unset') {
        const hint = `set it, give a default as in \${${problem.name}:-default}, or write $$ for a "$" that is meant`;
        this.report.warn('unset-variable', problem.message, place, { hint });
        continue;
      }
      broken = true;
      if (problem.kind === 'required') this.report.error('required-variable', problem.message, place);
      else this.report.error('bad-variable', problem.message, place, { hint: 'write $$ for a "$" that is meant' });
    }
    return broken ? undefined : { ...node, value: resolveCore(text), text, interpolated: true };
  }

  /** Any scalar but null counts as text: `8080` and `true` too. */
  text(node: YamlNode, key: string, form = 'text'): Text | undefined {
    const scalar = this.scalar(node, key, form);
    if (scalar === undefined) return undefined;
    if (scalar.value === null && !scalar.interpolated) {
      this.report.error('wrong-type', `"${key}" must be ${form}, not empty`, node);
      return undefined;
    }
    return { text: scalar.text, node: scalar };
  }

  boolean(node: YamlNode, key: string): boolean | undefined {
    const scalar = this.scalar(node, key, 'true or false');
    if (scalar === undefined) return undefined;
    if (typeof scalar.value === 'boolean') return scalar.value;
    const meant = /^(yes|on|y|1|true)$/i.test(scalar.text)
      ? 'true'
      : /^(no|off|n|0|false)$/i.test(scalar.text)
        ? 'false'
        : undefined;
    const hint = meant && `write ${meant}`;
    this.report.error('wrong-type', `"${key}" must be true or false, not ${shown(scalar)}`, node, { hint });
    return undefined;
  }

  integer(node: YamlNode, key: string, range: { min: number; max: number; form: string }): number | undefined {
    const scalar = this.scalar(node, key, range.form);
    if (scalar === undefined) return undefined;
    const { value } = scalar;
    if (typeof value === 'number' && Number.isInteger(value) && value >= range.min && value <= range.max) return value;
    const hint = !scalar.plain && typeof value === 'string' && /^\d+$/.test(value) ? 'leave out the quotes' : undefined;
    this.report.error('wrong-type', `"${key}" must be ${range.form}, not ${shown(scalar)}`, node, { hint });
    return undefined;
  }

  /** One of the words, or undefined with the near one suggested. */
  choice<W extends string>(node: YamlNode, key: string, words: readonly W[], form: string): W | undefined {
    const found = this.text(node, key, form);
    if (found === undefined) return undefined;
    const word = words.find(candidate => candidate === found.text);
    if (word !== undefined) return word;
    const near = nearest(found.text, words);
    const hint = near && `did you mean "${near}"?`;
    this.report.error('wrong-type', `"${key}" must be ${form}, not ${shown(found.node)}`, node, { hint });
    return undefined;
  }

  /** Every item of a list of texts; a single text counts as a list of one. */
  texts(node: YamlNode, key: string, form: string): Text[] {
    const items = node.kind === 'list' ? node.items : [node];
    if (node.kind === 'map') {
      this.report.error('wrong-type', `"${key}" must be ${form}, not a map`, node);
      return [];
    }
    return items.flatMap((item, index) => {
      const name = node.kind === 'list' ? `${key}[${index}]` : key;
      return this.text(item, name, node.kind === 'list' ? 'text' : form) ?? [];
    });
  }
}

/** How a wrong scalar is named in a message. */
export function shown(node: ScalarNode): string {
  if (node.value === null) return 'empty';
  const text = node.text.length > 60 ? `${node.text.slice(0, 57)}...` : node.text;
  return typeof node.value === 'string' ? JSON.stringify(text) : text;
}

/** Where part of a scalar's text stands in the file: escapes and folding may have moved it, never to before its offset. */
export function placeOfFragment(node: ScalarNode, offset: number, fragment: string): Place {
  const found = node.source.text.indexOf(fragment, node.start + offset);
  if (fragment === '' || found === -1 || found + fragment.length > node.end) return node;
  return { source: node.source, start: found, end: found + fragment.length };
}
