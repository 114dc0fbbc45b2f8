/** Profiles: how they are named on a service, and which are chosen. */
import type { Lookup } from '../interpolate.js';
import { VALUE_FORMS } from './keys.js';
import type { Reader } from './reader.js';
import type { YamlNode } from './yaml.js';

export function readProfiles(node: YamlNode, key: string, reader: Reader): readonly string[] {
  const names = reader.texts(node, key, VALUE_FORMS.profiles).filter(({ text, node: at }) => {
    // Chosen ones are listed by commas, and "*" chooses all of them.
    if (text !== '' && text !== '*' && !/[\s,]/.test(text)) return true;
    reader.report.error('bad-name', `${JSON.stringify(text)} can't be the name of a profile`, at);
    return false;
  });
  return [...new Set(names.map(name => name.text))];
}

/**
 * Those that the caller gives; else those of FUGE_PROFILES; else those of COMPOSE_PROFILES. The first that is set
 * decides alone, even empty, so that an environment made for Compose can be left out.
 */
export function chosenProfiles(given: readonly string[] | undefined, lookup: Lookup): readonly string[] {
  const names = given ?? (lookup('FUGE_PROFILES') ?? lookup('COMPOSE_PROFILES') ?? '').split(',');
  return [...new Set(names.map(name => name.trim()).filter(name => name !== ''))];
}
