/**
 * Writes a draft as a system file that people can read and go on with: block style, comments above services, long texts
 * as blocks. The first line is where editors find the schema.
 */
import { SCHEMA_LINE } from '../schema/line.js';
import { flowText } from '../yaml.js';
import { type Key, type ServiceDraft, type SystemDraft, Template, type Value } from './draft.js';

const WIDEST_COMMENT = 100;

/** @param heading What the file was made from. */
export function writeSystem(draft: SystemDraft, heading: string): string {
  const lines = [SCHEMA_LINE, ...comment([heading, ...(draft.remarks ?? [])], '')];
  if (draft.name !== undefined) lines.push('', `name: ${flowText(draft.name)}`);
  const global = (draft.global ?? []).filter(({ value }) => value !== undefined);
  if (global.length > 0) {
    lines.push('', 'fuge_global:');
    for (const key of global) lines.push(...writeKey(key, '  '));
  }
  if (draft.include && draft.include.length > 0) {
    lines.push('', ...comment(draft.includeRemarks ?? [], ''), 'include:');
    for (const file of draft.include) lines.push(`  - ${flowText(protectDollars(file))}`);
  }
  for (const service of draft.services) lines.push('', ...writeService(service));
  return `${lines.join('\n')}\n`;
}

function writeService(service: ServiceDraft): string[] {
  const body = [`${flowText(service.name)}:`];
  for (const key of service.keys) body.push(...writeKey(key, '  '));
  const remarks = comment(service.remarks, '');
  if (service.leftOut === undefined) return [...remarks, ...body];
  const why = comment([`Left out: ${service.leftOut}`], '');
  // Without keys there is nothing to take over by hand.
  return [...remarks, ...why, ...(service.keys.length > 0 ? body.map(line => `# ${line}`.trimEnd()) : [])];
}

function writeKey({ key, value, remark }: Key, indent: string): string[] {
  if (value === undefined) return [];
  const said = remark === undefined ? '' : ` # ${oneLine(remark)}`;
  const name = flowText(key);
  const block = typeof value === 'string' || value instanceof Template ? blockOf(textOf(value)) : undefined;
  if (block) return [`${indent}${name}: ${block.header}${said}`, ...block.lines.map(line => `${indent}  ${line}`)];
  if (isMap(value)) {
    const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
    if (entries.length === 0) return [];
    // What is short stands on one line, as people write it; variables always one below the other.
    const flow = flowOf(value);
    if (key !== 'environment' && flow.length <= 60) return [`${indent}${name}: ${flow}${said}`];
    return [
      `${indent}${name}:${said}`,
      ...entries.flatMap(([inner, one]) => writeKey({ key: inner, value: one }, `${indent}  `)),
    ];
  }
  if (Array.isArray(value) && flowOf(value).length > 60)
    return [`${indent}${name}:${said}`, ...value.map(item => `${indent}  - ${flowOf(item)}`)];
  return [`${indent}${name}: ${flowOf(value)}${said}`];
}

/** A text of several lines as a YAML block, where that keeps it as it is. */
function blockOf(text: string): { header: string; lines: string[] } | undefined {
  const lines = text.replace(/\n$/, '').split('\n');
  const isPlain = lines.length > 1 && !/^\s/.test(text) && !/\n\n$/.test(text) && !/[^\P{C}\n]/u.test(text);
  if (!isPlain || lines.some(line => line.endsWith(' '))) return undefined;
  return { header: text.endsWith('\n') ? '|' : '|-', lines };
}

function flowOf(value: Value): string {
  return flowText(escaped(value));
}

type Plain = string | number | boolean | null | Plain[] | { [key: string]: Plain };

function escaped(value: Value): Plain {
  if (value instanceof Template || typeof value === 'string') return textOf(value);
  if (Array.isArray(value)) return value.map(escaped);
  if (!isMap(value)) return value as Plain;
  const entries = Object.entries(value).filter((entry): entry is [string, Value] => entry[1] !== undefined);
  return Object.fromEntries(entries.map(([key, inner]) => [key, escaped(inner)]));
}

/** As it stands in the file, where a dollar means a variable. */
function textOf(value: string | Template): string {
  return value instanceof Template ? value.text : protectDollars(value);
}

function protectDollars(text: string): string {
  return text.replaceAll('$', '$$$$');
}

function isMap(value: Value): value is { readonly [key: string]: Value | undefined } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Template);
}

function comment(texts: readonly string[], indent: string): string[] {
  return texts
    .flatMap(text => text.split(/\r?\n|\r/).flatMap(line => wrap(line)))
    .map(line => `${indent}# ${line}`.trimEnd());
}

/** Control characters of foreign files have no business in a comment. */
function wrap(text: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of oneLine(text).split(' ')) {
    if (line !== '' && line.length + word.length + 1 > WIDEST_COMMENT) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\ufeff]+/gu, ' ').trimEnd();
}
