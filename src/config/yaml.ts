/** YAML text to a tree in which every value knows its place. The only file that knows js-yaml. */
import { dump, EVENT_ID, type Event, getScalarValue, parseEvents, SCALAR_STYLE, YAMLException } from 'js-yaml';
import type { Report } from './report.js';
import type { Place, Source } from './source.js';

export type Scalar = string | number | boolean | null;

/** Compose's tags for a merge: `!reset` removes what the file before said, `!override` replaces it whole. */
export type MergeTag = 'reset' | 'override';

interface Tagged extends Place {
  /** Only where {@link ParseOptions.mergeTags} allows it. */
  readonly tag?: MergeTag;
}

export interface ScalarNode extends Tagged {
  readonly kind: 'scalar';
  /** By YAML 1.2's core schema: `yes`, `on` and `1:30` are strings. */
  readonly value: Scalar;
  /** The text without quotes, as written: `1.10` stays `1.10`. */
  readonly text: string;
  /** Not quoted: `8080` is a number, `"8080"` is not. */
  readonly plain: boolean;
  /** It stands for an alias that was reported; nothing more is to be said about it. */
  readonly broken?: boolean;
  /** Set once variables were replaced: the text may then stand for a number or a boolean. */
  readonly interpolated?: boolean;
}

export interface ListNode extends Tagged {
  readonly kind: 'list';
  readonly items: readonly YamlNode[];
}

export interface MapNode extends Tagged {
  readonly kind: 'map';
  /** In file order, duplicates included; then those of merge keys (`<<`). */
  readonly entries: readonly Entry[];
  /** Flow style: `{a: 1}`. */
  readonly flow: boolean;
}

export interface Entry {
  readonly key: string;
  readonly keyNode: ScalarNode;
  readonly value: YamlNode;
  /** It came from a merge key. */
  readonly merged: boolean;
}

export type YamlNode = ScalarNode | ListNode | MapNode;

/** Enough for any real file; each alias may stand for a whole tree. */
const MOST_ALIASES = 10_000;
/** Entries that merge keys bring, in one file. */
const MOST_MERGED = 50_000;
const DEEPEST = 100;
const MOST_SYNTAX_ERRORS = 20;

export interface ParseOptions {
  /** `!reset` and `!override` are kept on their nodes; otherwise they are errors as any unknown tag. */
  readonly mergeTags?: boolean;
}

/**
 * The file's documents. After a syntax error the top-level block that has it is left out and the rest is read, so that
 * one load shows everything.
 */
export function parseYaml(source: Source, report: Report, options: ParseOptions = {}): YamlNode[] {
  let text = source.text;
  for (let attempt = 0; attempt < MOST_SYNTAX_ERRORS; attempt++) {
    try {
      const events = parseEvents(text, { maxDepth: DEEPEST });
      return new Composer(source, text, events, report, attempt > 0, options.mergeTags === true).compose();
    } catch (error) {
      if (!(error instanceof YAMLException) || !error.mark) throw error;
      const offset = Math.min(error.mark.position, text.length);
      reportSyntax(source, offset, error.reason, report);
      const rest = withoutBlock(text, offset, /^(deficient|unexpected end)/.test(error.reason));
      if (rest === undefined || rest.trim() === '') return [];
      text = rest;
    }
  }
  return [];
}

/** The text with the top-level block around the offset blanked, so that all other offsets stay. */
function withoutBlock(text: string, offset: number, blamesPrevious: boolean): string | undefined {
  let at = blamesPrevious ? Math.max(0, offset - 1) : offset;
  if (at >= text.length) at = text.length - 1;
  const starts = [...text.matchAll(/^(?=[^\s#\]}])/gm)].map(match => match.index);
  const index = starts.findLastIndex(start => start <= at);
  if (index === -1) return undefined;
  const [from, to] = [starts[index]!, starts[index + 1] ?? text.length];
  const blanked = text.slice(from, to).replace(/[^\r\n]/g, ' ');
  return text.slice(0, from) + blanked + text.slice(to);
}

function reportSyntax(source: Source, offset: number, reason: string, report: Report): void {
  const line = source.line(source.origin(offset, offset).line);
  const [message, hint] = explain(reason, line);
  report.error('yaml-syntax', message, { source, start: offset, end: offset + 1 }, { hint });
}

function explain(reason: string, line: string): [message: string, hint?: string] {
  const indented = line.trimStart();
  if (/^tab characters/.test(reason)) return ['YAML does not allow tabs as indentation', 'use spaces'];
  if (/^bad indentation/.test(reason) && /:\s+[@`%]/.test(line))
    return [`a value can't begin with "${/:\s+([@`%])/.exec(line)?.[1]}"`, 'put the value in quotes'];
  if (/^bad indentation/.test(reason) && /^(- )?[^:'"]+:\s.*:(\s|$)/.test(indented))
    return ['a second ": " in one line', 'put the value in quotes if it contains ": "'];
  if (/^bad indentation/.test(reason))
    return ['this line is indented like neither the line before it nor a line above', 'align it with its neighbours'];
  if (/^deficient indentation/.test(reason))
    return ['a quote or bracket above this line is not closed', 'close it, or indent this line if it belongs to it'];
  if (/^unexpected end of the stream/.test(reason)) return ['the file ends inside a bracket or quote', 'close it'];
  if (/^end of the stream or a document separator/.test(reason))
    return ['this line does not fit to what stands above it: YAML expected the end here', 'a key needs ": " after it'];
  if (/^nesting exceeded/.test(reason)) return [`nested deeper than ${DEEPEST} levels`];
  return [reason];
}

/** Frames of what is open: a document, a list, or a map with its pending key. */
interface Frame {
  readonly kind: 'document' | 'list' | 'map';
  readonly start: number;
  readonly anchor: string | undefined;
  readonly tag: MergeTag | undefined;
  readonly items: YamlNode[];
  readonly entries: Entry[];
  readonly flow: boolean;
  key: YamlNode | undefined;
  height: number;
}

class Composer {
  readonly #documents: YamlNode[] = [];
  readonly #anchors = new Map<string, { node: YamlNode; height: number } | 'open'>();
  readonly #frames: Frame[] = [];
  #aliases = 0;
  #merged = 0;

  constructor(
    private readonly source: Source,
    private readonly text: string,
    private readonly events: readonly Event[],
    private readonly report: Report,
    /** Blocks were left out, so a missing anchor is no news. */
    private readonly partial: boolean,
    private readonly mergeTags: boolean,
  ) {}

  compose(): YamlNode[] {
    for (const event of this.events) {
      switch (event.type) {
        case EVENT_ID.DOCUMENT:
          this.#anchors.clear();
          this.#open('document', 0, undefined, undefined, false);
          break;
        case EVENT_ID.SEQUENCE:
        case EVENT_ID.MAPPING: {
          const anchor = this.#anchorOf(event);
          const tag = this.#readTag(event);
          const kind = event.type === EVENT_ID.SEQUENCE ? 'list' : 'map';
          this.#open(kind, event.start, anchor, isMergeTag(tag) ? tag : undefined, event.style === 2);
          break;
        }
        case EVENT_ID.SCALAR:
          this.#scalar(event);
          break;
        case EVENT_ID.ALIAS:
          this.#alias(event);
          break;
        case EVENT_ID.POP:
          this.#close();
          break;
      }
    }
    return this.#documents;
  }

  #open(
    kind: Frame['kind'],
    start: number,
    anchor: string | undefined,
    tag: MergeTag | undefined,
    flow: boolean,
  ): void {
    if (anchor !== undefined) this.#anchors.set(anchor, 'open');
    this.#frames.push({ kind, start, anchor, tag, items: [], entries: [], flow, key: undefined, height: 0 });
  }

  #close(): void {
    const frame = this.#frames.pop()!;
    if (frame.kind === 'document') {
      if (frame.items[0]) this.#documents.push(frame.items[0]);
      return;
    }
    const { source } = this;
    const last = frame.kind === 'list' ? frame.items.at(-1) : frame.entries.at(-1)?.value;
    const inner = Math.max(frame.start + 1, last?.end ?? 0);
    const closing = frame.flow ? this.text.indexOf(frame.kind === 'list' ? ']' : '}', inner) : -1;
    const end = closing === -1 ? inner : closing + 1;
    const place = { source, start: frame.start, end, ...(frame.tag && { tag: frame.tag }) };
    const node: YamlNode =
      frame.kind === 'list'
        ? { kind: 'list', items: frame.items, ...place }
        : { kind: 'map', entries: this.#merge(frame.entries), flow: frame.flow, ...place };
    this.#add(node, frame.anchor, frame.height + 1);
  }

  #scalar(event: Extract<Event, { type: typeof EVENT_ID.SCALAR }>): void {
    const { source } = this;
    const anchor = this.#anchorOf(event);
    const tag = this.#readTag(event);
    const mergeTag = isMergeTag(tag) ? { tag } : {};
    const plain = event.style === SCALAR_STYLE.PLAIN;
    if (event.valueStart < 0) {
      // Nothing stands there; the key before it is what can be shown.
      const key = this.#frames.at(-1)?.key;
      const start = key?.start ?? this.#frames.at(-1)?.start ?? 0;
      const place = { source, start, end: key?.end ?? start };
      this.#add(
        { kind: 'scalar', value: tag === 'str' ? '' : null, text: '', plain, ...place, ...mergeTag },
        anchor,
        0,
      );
      return;
    }
    const quoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
    const text = getScalarValue(this.text, event);
    const standard = isMergeTag(tag) ? undefined : tag;
    const value = (plain && tag !== 'str') || (standard !== undefined && tag !== 'str') ? resolveCore(text) : text;
    const indent = plain || quoted ? 0 : /^\s*/.exec(this.text.slice(event.valueStart, event.valueEnd))![0].length;
    const start = quoted ? event.valueStart - 1 : event.valueStart + indent;
    const end = quoted ? event.valueEnd + 1 : event.valueEnd;
    this.#add({ kind: 'scalar', value, text, plain, source, start, end, ...mergeTag }, anchor, 0);
  }

  #alias(event: Extract<Event, { type: typeof EVENT_ID.ALIAS }>): void {
    const { source } = this;
    const name = this.text.slice(event.anchorStart, event.anchorEnd);
    const place = { source, start: event.anchorStart - 1, end: event.anchorEnd };
    const target = this.#anchors.get(name);
    const nothing: YamlNode = { kind: 'scalar', value: null, text: '', plain: true, broken: true, ...place };
    if (target !== undefined && target !== 'open' && ++this.#aliases <= MOST_ALIASES && target.height <= DEEPEST) {
      this.#add(target.node, undefined, target.height);
      return;
    }
    if (target === 'open') this.report.error('yaml-alias', `"*${name}" stands inside of what it names`, place);
    else if (target !== undefined && target.height > DEEPEST)
      this.report.error('yaml-alias', `aliases nest deeper than ${DEEPEST} levels`, place);
    else if (target !== undefined && this.#aliases === MOST_ALIASES + 1)
      this.report.error('yaml-alias', `more than ${MOST_ALIASES} aliases in one file`, place);
    else if (target === undefined && !this.partial)
      this.report.error('yaml-alias', `there is no anchor "&${name}" above`, place);
    this.#add(nothing, undefined, 0);
  }

  #add(node: YamlNode, anchor: string | undefined, height: number): void {
    if (anchor !== undefined) this.#anchors.set(anchor, { node, height });
    const frame = this.#frames.at(-1)!;
    frame.height = Math.max(frame.height, height);
    if (frame.kind !== 'map') frame.items.push(node);
    else if (frame.key === undefined) frame.key = node;
    else {
      const { key } = frame;
      frame.key = undefined;
      if (key.kind === 'scalar') frame.entries.push({ key: key.text, keyNode: key, value: node, merged: false });
      else this.report.error('yaml-syntax', 'a key must be plain text', key);
    }
  }

  /** `<<`: the map's own keys win, then earlier maps of a list over later ones. */
  #merge(entries: readonly Entry[]): readonly Entry[] {
    if (!entries.some(isMergeKey)) return entries;
    const result = entries.filter(entry => !isMergeKey(entry));
    const known = new Set(result.map(entry => entry.key));
    for (const { value } of entries.filter(isMergeKey)) {
      for (const from of value.kind === 'list' ? value.items : [value]) {
        if (from.kind !== 'map') {
          this.report.error('yaml-merge', '"<<" takes a map, or a list of maps', from);
          continue;
        }
        this.#merged += from.entries.length;
        if (this.#merged > MOST_MERGED) {
          this.report.error('yaml-merge', `merge keys bring more than ${MOST_MERGED} entries`, value);
          return result;
        }
        for (const entry of from.entries) {
          if (known.has(entry.key)) continue;
          known.add(entry.key);
          result.push({ ...entry, merged: true });
        }
      }
    }
    return result;
  }

  #anchorOf(event: { anchorStart: number; anchorEnd: number }): string | undefined {
    return event.anchorStart < 0 ? undefined : this.text.slice(event.anchorStart, event.anchorEnd);
  }

  /** The standard tag's short name, or one for a merge; any other is reported. */
  #readTag(event: { tagStart: number; tagEnd: number }): string | undefined {
    if (event.tagStart < 0) return undefined;
    const tag = this.text.slice(event.tagStart, event.tagEnd);
    const known = /^!!(str|int|float|bool|null|map|seq)$/.exec(tag)?.[1];
    if (tag === '!') return 'str';
    if (this.mergeTags && (tag === '!reset' || tag === '!override')) return tag.slice(1);
    if (known === undefined) {
      const place = { source: this.source, start: event.tagStart, end: event.tagEnd };
      this.report.error('yaml-tag', `the tag "${tag}" means nothing here`, place);
    }
    return known;
  }
}

function isMergeTag(tag: string | undefined): tag is MergeTag {
  return tag === 'reset' || tag === 'override';
}

function isMergeKey(entry: Entry): boolean {
  return entry.key === '<<' && entry.keyNode.plain;
}

/** A plain scalar's value by the core schema of YAML 1.2. */
export function resolveCore(text: string): Scalar {
  if (/^(~|null|Null|NULL|)$/.test(text)) return null;
  if (/^(true|True|TRUE)$/.test(text)) return true;
  if (/^(false|False|FALSE)$/.test(text)) return false;
  if (/^[-+]?[0-9]+$/.test(text) || /^0o[0-7]+$/.test(text) || /^0x[0-9a-fA-F]+$/.test(text)) return Number(text);
  if (/^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/.test(text)) return Number(text);
  if (/^[-+]?\.(inf|Inf|INF)$/.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  return /^\.(nan|NaN|NAN)$/.test(text) ? Number.NaN : text;
}

/** A value on one line of YAML, read back as it is. */
export function flowText(value: unknown): string {
  // Within a list, so that no text becomes a block of several lines.
  return dump([value], { flowLevel: 0, lineWidth: -1 }).trimEnd().slice(1, -1);
}
