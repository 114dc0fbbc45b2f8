/**
 * Paths of a service that was taken from another file: relative to that file's directory, so they are made absolute.
 *
 * Which values are paths is the reference loader's list: build context, additional contexts and ssh keys, env_file,
 * label_file, extends.file, develop.watch paths, and the sources of bind mounts.
 */
import path from 'node:path';
import type { YamlNode } from '../yaml.js';
import { isNull, isScalar, textNode, textOf, withValue } from './tree.js';

/** The service with its relative paths taken from `directory`. */
export function rebaseService(service: YamlNode, directory: string): YamlNode {
  if (service.kind !== 'map') return service;
  const file = (node: YamlNode) => changeText(node, text => absolute(text, directory));
  const context = (node: YamlNode) => changeText(node, text => (isElsewhere(text) ? text : absolute(text, directory)));
  const files = (node: YamlNode) =>
    node.kind === 'map' ? withValue(node, 'path', file) : node.kind === 'list' ? each(node, files) : file(node);
  const build = (node: YamlNode) => {
    if (node.kind !== 'map') return context(node);
    const withContext = withValue(node, 'context', context);
    const withContexts = withValue(withContext, 'additional_contexts', contexts => pairs(contexts, context));
    return withValue(withContexts, 'ssh', keys => pairs(keys, file));
  };
  const watch = (node: YamlNode) => each(node, rule => (rule.kind === 'map' ? withValue(rule, 'path', file) : rule));
  const changes: Readonly<Record<string, (node: YamlNode) => YamlNode>> = {
    build,
    env_file: files,
    label_file: files,
    extends: node => (node.kind === 'map' ? withValue(node, 'file', file) : node),
    develop: node => (node.kind === 'map' ? withValue(node, 'watch', watch) : node),
    volumes: node => each(node, mount => rebaseMount(mount, directory)),
  };
  return Object.entries(changes).reduce((result, [key, change]) => withValue(result, key, change), service);
}

function rebaseMount(mount: YamlNode, directory: string): YamlNode {
  if (mount.kind === 'map') {
    const bound = mount.entries.some(one => one.key === 'type' && isScalar(one.value) && one.value.text === 'bind');
    return bound ? withValue(mount, 'source', source => changeText(source, text => absolute(text, directory))) : mount;
  }
  return changeText(mount, text => {
    const colon = text.indexOf(':');
    // Without a dot at its beginning it is absolute, the home directory, or a volume's name.
    if (colon === -1 || !text.startsWith('.')) return text;
    return absolute(text.slice(0, colon), directory) + text.slice(colon);
  });
}

/** The values of a map, or what is behind `=` in a list. */
function pairs(node: YamlNode, change: (value: YamlNode) => YamlNode): YamlNode {
  if (node.kind === 'map') return node.entries.reduce((map, { key }) => withValue(map, key, change), node);
  return each(node, item =>
    changeText(item, text => {
      const equals = text.indexOf('=');
      if (equals === -1) return text;
      const value = change(textNode(text.slice(equals + 1), item));
      return text.slice(0, equals + 1) + (isScalar(value) ? textOf(value) : '');
    }),
  );
}

function each(node: YamlNode, change: (item: YamlNode) => YamlNode): YamlNode {
  return node.kind === 'list' ? { ...node, items: node.items.map(change) } : node;
}

/** Another text in the same place, with the tag that the old one had. */
function changeText(node: YamlNode, change: (text: string) => string): YamlNode {
  if (!isScalar(node) || isNull(node)) return node;
  const text = change(textOf(node));
  return text === node.text ? node : { ...node, value: text, text };
}

function absolute(file: string, directory: string): string {
  if (file === '' || file.startsWith('~') || path.isAbsolute(file) || path.win32.isAbsolute(file)) return file;
  return path.resolve(directory, file);
}

/** A repository, a URL, an image or another service. */
export function isElsewhere(context: string): boolean {
  return context.includes('://') || /^(service:|github\.com\/|git@)/.test(context);
}
