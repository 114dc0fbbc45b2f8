/**
 * Compose files to one merged tree, in which every value still knows its file and line.
 *
 * Each document in turn: variables replaced, `extends` resolved, `include`d files put below it, and then the whole laid over
 * what came before. An included file is loaded by the same steps as a project of its own, with its own directory and
 * variables; only its resources are taken.
 */
import path from 'node:path';
import type { Lookup } from '../../../interpolate.js';
import type { Report } from '../../report.js';
import type { Place } from '../../source.js';
import { readSource, Source } from '../../source.js';
import type { MapNode, YamlNode } from '../../yaml.js';
import { resolveExtends } from '../extends.js';
import { mergeTrees, settleTree } from '../merge.js';
import { checkComposeSchema } from '../schema.js';
import { isNull, mapNode, valueAt, withoutKey } from '../tree.js';
import { readDocuments } from './file.js';
import { type Include, readIncludes } from './includes.js';
import { interpolateTree } from './interpolate-tree.js';
import { isOldForm, toModern } from './old-form.js';
import { type Scope, Scopes } from './scopes.js';
import { readVariables } from './variables-file.js';

/** Nobody includes this deep, and no project has so many files. */
const DEEPEST_INCLUDE = 50;
const MOST_FILES = 500;

/** What an included file gives to the project. */
const RESOURCES = new Set(['services', 'volumes', 'networks', 'secrets', 'configs', 'models']);

export interface ConfigFile {
  /** Absolute. */
  readonly file: string;
  /** What named it, for messages. */
  readonly at?: Place | undefined;
}

export class ModelLoader {
  readonly scopes = new Scopes();
  /** Absolute, in the order in which they were read first. */
  readonly files: string[] = [];
  #read = 0;
  #versionTold = false;

  constructor(
    private readonly report: Report,
    /** The first form of the format is taken, too. */
    private readonly takesOldForm = false,
  ) {}

  /** The files merged, the first one lowest; undefined if none of them says anything. */
  load(files: readonly ConfigFile[], scope: Scope, chain: readonly string[] = []): MapNode | undefined {
    let whole: YamlNode | undefined;
    for (const { file, at } of files) {
      const source = this.#open(file, at);
      if (!source) continue;
      this.scopes.set(source, scope);
      for (const written of readDocuments(source, this.report)) {
        const document =
          this.takesOldForm && written.kind === 'map' && isOldForm(written) ? toModern(written) : written;
        const tree = this.#extended(interpolateTree(document, scope, this.report), file, scope);
        for (const include of readIncludes(valueAt(tree, 'include'), this.report).toReversed()) {
          const included = this.#include(include, scope, [...chain, file]);
          if (included) whole = whole ? mergeTrees(whole, included, this.report) : included;
        }
        const own = tree.kind === 'map' ? withoutKey(tree, 'include') : tree;
        whole = whole ? mergeTrees(whole, own, this.report) : settleTree(own);
        checkComposeSchema(whole, this.report);
        this.#remarkVersion(own);
      }
    }
    return whole?.kind === 'map' ? whole : undefined;
  }

  /** The format has had no versions for long; what is written there changes nothing. */
  #remarkVersion(tree: YamlNode): void {
    const version = tree.kind === 'map' ? tree.entries.find(({ key }) => key === 'version') : undefined;
    if (!version || this.#versionTold) return;
    this.#versionTold = true;
    this.report.warn('compose-version', '"version" means nothing in a Compose file', version.keyNode, {
      hint: 'leave it out',
    });
  }

  #open(file: string, at: Place | undefined): Source | undefined {
    if (++this.#read > MOST_FILES) {
      if (this.#read === MOST_FILES + 1)
        this.report.error('compose-files', `more than ${MOST_FILES} files are read for one project`, at);
      return undefined;
    }
    const source = readSource(file);
    if (!(source instanceof Source)) {
      this.report.error(source.code, source.message, at);
      return undefined;
    }
    if (!this.files.includes(file)) this.files.push(file);
    return source;
  }

  #extended(tree: YamlNode, file: string, scope: Scope): YamlNode {
    const { report } = this;
    return resolveExtends(tree, {
      file,
      directory: scope.directory,
      report,
      load: (extended, at) => {
        const source = this.#open(extended, at);
        if (!source) return undefined;
        const own: Scope = { directory: path.dirname(extended), lookup: scope.lookup };
        this.scopes.set(source, own);
        const documents = readDocuments(source, report).map(document => interpolateTree(document, own, report));
        const [first, ...more] = documents;
        if (!first) return undefined;
        return { file: extended, tree: more.reduce((base, over) => mergeTrees(base, over, report), first) };
      },
    });
  }

  #include(include: Include, outer: Scope, chain: readonly string[]): MapNode | undefined {
    const { report } = this;
    const files = include.paths.map(({ text, node }) => ({ file: path.resolve(outer.directory, text), at: node }));
    const [main] = files;
    if (!main) return undefined;
    for (const { text, node } of include.paths) {
      if (!/^(oci|https?|git|ssh):\/\/|^git@/.test(text)) continue;
      report.error('include-remote', `"${text}" is not a file here; only files can be included`, node);
      return undefined;
    }
    if (chain.includes(main.file)) {
      const cycle = [...chain.slice(chain.indexOf(main.file)), main.file].map(step => path.basename(step)).join(' -> ');
      report.error('include-loop', `"${include.paths[0]!.text}" includes itself: ${cycle}`, main.at);
      return undefined;
    }
    if (chain.length >= DEEPEST_INCLUDE) {
      report.error('include-loop', `files are included more than ${DEEPEST_INCLUDE} levels deep`, main.at);
      return undefined;
    }
    const directory = include.directory
      ? path.resolve(outer.directory, include.directory.text)
      : path.dirname(main.file);
    const scope: Scope = { directory, lookup: this.#variablesOf(include, directory, outer) };
    const tree = this.load(files, scope, chain);
    if (!tree) return undefined;
    return mapNode(
      tree.entries.filter(({ key, value }) => RESOURCES.has(key) && !isNull(value)),
      tree,
    );
  }

  /** The includer's variables win over the included project's own. */
  #variablesOf(include: Include, directory: string, outer: Scope): Lookup {
    const named = include.envFiles.map(({ text, node }) => ({ file: path.resolve(outer.directory, text), at: node }));
    const files = named.length > 0 ? named : [{ file: path.join(directory, '.env'), optional: true }];
    const values = readVariables(files, outer.lookup, this.report);
    return name => outer.lookup(name) ?? values.get(name);
  }
}
